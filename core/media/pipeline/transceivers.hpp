// SPDX-License-Identifier: Apache-2.0
// What webrtcbin has to be told of each section: caps and direction of its transceiver.
#pragma once

#include <gst/webrtc/webrtc.h>

#include "glib/ref.hpp"
#include "media/sdp_profile.hpp"

namespace veche::media {

/// Only the header extensions named here get into the answer.
glib::Ref<GstCaps> transceiver_caps(const SectionPlan& section);

GstWebRTCRTPTransceiverDirection transceiver_direction(SectionUse use);

}  // namespace veche::media
