// SPDX-License-Identifier: Apache-2.0
// Caps and directions from the plan of a section.
#include "media/pipeline/transceivers.hpp"

#include <string>

namespace veche::media {
namespace {

void add_extension(GstCaps* caps, uint8_t id, const char* uri) {
  if (id == 0) return;
  const std::string field = "extmap-" + std::to_string(id);
  gst_caps_set_simple(caps, field.c_str(), G_TYPE_STRING, uri, nullptr);
}

/// Level extensions with attributes ("vad=on") are an array of direction, URI and attributes.
void add_level_extension(GstCaps* caps, const ExtensionIds& ids) {
  if (ids.audio_level == 0 || ids.audio_level_uri_attributes.empty()) {
    add_extension(caps, ids.audio_level, kAudioLevelUri);
    return;
  }
  GValue array = G_VALUE_INIT;
  g_value_init(&array, GST_TYPE_ARRAY);
  for (const char* text : {"", kAudioLevelUri, ids.audio_level_uri_attributes.c_str()}) {
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

glib::Ref<GstCaps> transceiver_caps(const SectionPlan& section) {
  GstCaps* caps = gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "audio",
                                      "encoding-name", G_TYPE_STRING, "OPUS", "clock-rate",
                                      G_TYPE_INT, 48000, "encoding-params", G_TYPE_STRING, "2",
                                      "payload", G_TYPE_INT, int{section.payload_type}, nullptr);
  add_extension(caps, section.extensions.mid, kMidUri);
  add_level_extension(caps, section.extensions);
  add_extension(caps, section.extensions.transport_cc, kTransportCcUri);
  if (section.extensions.transport_cc != 0) {
    gst_caps_set_simple(caps, "rtcp-fb-transport-cc", G_TYPE_BOOLEAN, TRUE, nullptr);
  }
  return glib::adopt(caps);
}

GstWebRTCRTPTransceiverDirection transceiver_direction(SectionUse use) {
  switch (use) {
    case SectionUse::Track: return GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY;
    case SectionUse::Slot: return GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY;
    case SectionUse::TrackAndSlot: return GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV;
    case SectionUse::Refused: break;
  }
  return GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_INACTIVE;
}

}  // namespace veche::media
