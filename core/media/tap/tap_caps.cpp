// SPDX-License-Identifier: Apache-2.0
// Builds the caps that GStreamer makes of an m-line from a TrackInfo.
#include "media/tap/tap_caps.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "media/peer/codec_caps.hpp"
#include "media/peer/extension_caps.hpp"

namespace veche::media {
namespace {

std::string lower_case(std::string_view text) {
  std::string changed(text);
  std::transform(text.begin(), text.end(), changed.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return changed;
}

/// "minptime=10; useinbandfec=1": each a string field, as in GstSDPMedia. A field that the caps
/// have already is skipped.
void add_parameters(GstCaps* caps, std::string_view fmtp) {
  GstStructure* fields = gst_caps_get_structure(caps, 0);
  while (!fmtp.empty()) {
    std::string_view one = fmtp.substr(0, fmtp.find(';'));
    fmtp.remove_prefix(std::min(one.size() + 1, fmtp.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    const size_t equals = one.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const std::string name = lower_case(one.substr(0, equals));
    if (gst_structure_has_field(fields, name.c_str())) continue;
    const std::string value(one.substr(equals + 1));
    gst_structure_set(fields, name.c_str(), G_TYPE_STRING, value.c_str(), nullptr);
  }
}

}  // namespace

glib::Ref<GstCaps> tap_caps(const TrackInfo& track) {
  glib::Ref<GstCaps> caps = codec_caps(track.kind, track.codec);
  if (track.ssrc != 0) gst_caps_set_simple(caps.get(), "ssrc", G_TYPE_UINT, track.ssrc, nullptr);
  add_extensions(caps.get(), track.extensions);
  add_parameters(caps.get(), track.codec.fmtp);
  return caps;
}

}  // namespace veche::media
