// SPDX-License-Identifier: Apache-2.0
// What a client offers, and what of it the answer accepted.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <string_view>

#include "glib/ref.hpp"
#include "talker.hpp"

namespace veche::load {

/// Opus with audio level, MID and transport-cc. `ssrc` 0: of a slot.
glib::Ref<GstCaps> section_caps(uint32_t ssrc, bool nack);

/// How the packets of the first section, the microphone, have to look.
TalkerFormat negotiated_format(uint32_t ssrc, std::string_view offer, std::string_view answer);

/// The header extension of what the server sends; 0: the answer has none.
uint8_t negotiated_slot_transport_cc(std::string_view answer);

}  // namespace veche::load
