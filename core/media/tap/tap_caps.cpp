// SPDX-License-Identifier: Apache-2.0
// What GStreamer makes of an m-line, made of a TrackInfo.
#include "media/tap/tap_caps.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "media/peer/extension_caps.hpp"

namespace veche::media {
namespace {

std::string with_case(std::string_view text, int (*change)(int)) {
  std::string changed(text);
  std::transform(text.begin(), text.end(), changed.begin(),
                 [change](unsigned char c) { return static_cast<char>(change(c)); });
  return changed;
}

/// "minptime=10; useinbandfec=1": each a string field, as GstSDPMedia has it. What the caps say
/// already is not said twice.
void add_parameters(GstCaps* caps, std::string_view fmtp) {
  GstStructure* fields = gst_caps_get_structure(caps, 0);
  while (!fmtp.empty()) {
    std::string_view one = fmtp.substr(0, fmtp.find(';'));
    fmtp.remove_prefix(std::min(one.size() + 1, fmtp.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    const size_t equals = one.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const std::string name = with_case(one.substr(0, equals), std::tolower);
    if (gst_structure_has_field(fields, name.c_str())) continue;
    const std::string value(one.substr(equals + 1));
    gst_structure_set(fields, name.c_str(), G_TYPE_STRING, value.c_str(), nullptr);
  }
}

}  // namespace

glib::Ref<GstCaps> tap_caps(const TrackInfo& track) {
  const char* media = track.kind == sdp::MediaKind::Audio ? "audio" : "video";
  const std::string codec = with_case(track.codec, std::toupper);
  GstCaps* caps = gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, media,
                                      "encoding-name", G_TYPE_STRING, codec.c_str(), "clock-rate",
                                      G_TYPE_INT, static_cast<int>(track.clock_rate), "payload",
                                      G_TYPE_INT, static_cast<int>(track.payload_type), nullptr);
  if (track.channels != 0) {
    const std::string channels = std::to_string(track.channels);
    gst_caps_set_simple(caps, "encoding-params", G_TYPE_STRING, channels.c_str(), nullptr);
  }
  if (track.ssrc != 0) gst_caps_set_simple(caps, "ssrc", G_TYPE_UINT, track.ssrc, nullptr);
  add_extensions(caps, track.extensions);
  add_parameters(caps, track.fmtp);
  return glib::adopt(caps);
}

}  // namespace veche::media
