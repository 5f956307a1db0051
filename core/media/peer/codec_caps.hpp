// SPDX-License-Identifier: Apache-2.0
// A codec of the session plan as GStreamer's caps of RTP packets.
#pragma once

#include "glib/ref.hpp"
#include "sdp/profile.hpp"

namespace veche::media {

/// application/x-rtp with media, encoding name, clock rate, payload type and channels.
glib::Ref<GstCaps> codec_caps(sdp::MediaKind kind, const sdp::Codec& codec);

}  // namespace veche::media
