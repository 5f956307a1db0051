// SPDX-License-Identifier: Apache-2.0
// The fields "extmap-<id>" of caps.
#include "media/peer/extension_caps.hpp"

#include <string>

namespace veche::media {
namespace {

void add_extension(GstCaps* caps, uint8_t id, const char* uri) {
  if (id == 0) return;
  const std::string field = "extmap-" + std::to_string(id);
  gst_caps_set_simple(caps, field.c_str(), G_TYPE_STRING, uri, nullptr);
}

/// Level extensions with attributes ("vad=on") are an array of direction, URI and attributes.
void add_level_extension(GstCaps* caps, const sdp::ExtensionIds& ids) {
  if (ids.audio_level == 0 || ids.audio_level_uri_attributes.empty()) {
    add_extension(caps, ids.audio_level, sdp::kAudioLevelUri);
    return;
  }
  GValue array = G_VALUE_INIT;
  g_value_init(&array, GST_TYPE_ARRAY);
  for (const char* text : {"", sdp::kAudioLevelUri, ids.audio_level_uri_attributes.c_str()}) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_STRING);
    g_value_set_string(&value, text);
    gst_value_array_append_and_take_value(&array, &value);
  }
  const std::string field = "extmap-" + std::to_string(ids.audio_level);
  gst_caps_set_value(caps, field.c_str(), &array);
  g_value_unset(&array);
}

}  // namespace

void add_extensions(GstCaps* caps, const sdp::ExtensionIds& ids) {
  add_extension(caps, ids.mid, sdp::kMidUri);
  add_level_extension(caps, ids);
  add_extension(caps, ids.transport_cc, sdp::kTransportCcUri);
}

}  // namespace veche::media
