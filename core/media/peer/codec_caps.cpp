// SPDX-License-Identifier: Apache-2.0
// The fields that GstSDPMedia would make of a=rtpmap.
#include "media/peer/codec_caps.hpp"

#include <algorithm>
#include <string>

#include "base/characters.hpp"

namespace veche::media {

glib::Ref<GstCaps> codec_caps(sdp::MediaKind kind, const sdp::Codec& codec) {
  std::string name = codec.name;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return static_cast<char>(is_lower(c) ? c - 'a' + 'A' : c); });
  GstCaps* caps = gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING,
                                      kind == sdp::MediaKind::Audio ? "audio" : "video",
                                      "encoding-name", G_TYPE_STRING, name.c_str(), "clock-rate",
                                      G_TYPE_INT, static_cast<int>(codec.clock_rate), "payload",
                                      G_TYPE_INT, int{codec.payload_type}, nullptr);
  if (codec.channels != 0) {
    const std::string channels = std::to_string(codec.channels);
    gst_caps_set_simple(caps, "encoding-params", G_TYPE_STRING, channels.c_str(), nullptr);
  }
  return glib::adopt(caps);
}

}  // namespace veche::media
