// SPDX-License-Identifier: Apache-2.0
// Makes a client's offer, and reads the answer.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <string_view>

#include "glib/ref.hpp"
#include "talker.hpp"

namespace veche::load {

/// Opus with audio level, MID and transport-cc. `ssrc` 0: a slot.
glib::Ref<GstCaps> section_caps(uint32_t ssrc, bool nack);

/// The format of the packets of the first section, the microphone.
TalkerFormat negotiated_format(uint32_t ssrc, std::string_view offer, std::string_view answer);

/// The header extension id in the server's packets; 0: the answer has none.
uint8_t negotiated_slot_transport_cc(std::string_view answer);

}  // namespace veche::load
