// SPDX-License-Identifier: Apache-2.0
// Makes the caps of an offer, and reads the few lines of an answer that matter to a sender.
#include "client_sdp.hpp"

#include <string>

namespace veche::load {
namespace {

constexpr uint8_t kPayloadType = 111;
constexpr uint8_t kAudioLevelId = 1, kTransportCcId = 3, kMidId = 4;
constexpr size_t kMaxMidSize = 16;  // The limit of the one-byte form (RFC 8285).

/// Skips the part before the first m-section; the first section is the microphone's.
std::string_view section_from(std::string_view sdp, size_t after) {
  const size_t start = sdp.find("\nm=", after);
  if (start == std::string_view::npos) return {};
  return sdp.substr(start, sdp.find("\nm=", start + 1) - start);
}
std::string_view first_section(std::string_view sdp) { return section_from(sdp, 0); }

std::string mid_of(std::string_view section) {
  constexpr std::string_view kName = "\na=mid:";
  const size_t at = section.find(kName);
  if (at == std::string_view::npos) return {};
  const auto value = section.substr(at + kName.size());
  return std::string(value.substr(0, value.find_first_of("\r\n")));
}

uint8_t accepted(std::string_view section, uint8_t id) {
  const std::string line = "\na=extmap:" + std::to_string(id);
  for (const char end : {' ', '/'}) {
    if (section.find(line + end) != std::string_view::npos) return id;
  }
  return 0;
}

}  // namespace

glib::Ref<GstCaps> section_caps(uint32_t ssrc, bool nack) {
  auto caps = glib::adopt(gst_caps_new_simple(
      "application/x-rtp", "media", G_TYPE_STRING, "audio", "encoding-name", G_TYPE_STRING, "OPUS",
      "payload", G_TYPE_INT, int{kPayloadType}, "clock-rate", G_TYPE_INT, 48000, "encoding-params",
      G_TYPE_STRING, "2", "minptime", G_TYPE_STRING, "10", "useinbandfec", G_TYPE_STRING, "1",
      "rtcp-fb-transport-cc", G_TYPE_BOOLEAN, TRUE, "extmap-1", G_TYPE_STRING,
      "urn:ietf:params:rtp-hdrext:ssrc-audio-level", "extmap-3", G_TYPE_STRING,
      "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", "extmap-4",
      G_TYPE_STRING, "urn:ietf:params:rtp-hdrext:sdes:mid", nullptr));
  if (ssrc != 0) gst_caps_set_simple(caps.get(), "ssrc", G_TYPE_UINT, ssrc, nullptr);
  if (nack) gst_caps_set_simple(caps.get(), "rtcp-fb-nack", G_TYPE_BOOLEAN, TRUE, nullptr);
  return caps;
}

TalkerFormat negotiated_format(uint32_t ssrc, std::string_view offer, std::string_view answer) {
  const std::string_view section = first_section(answer);
  TalkerFormat format{.ssrc = ssrc, .payload_type = kPayloadType};
  format.audio_level_extension = accepted(section, kAudioLevelId);
  format.transport_cc_extension = accepted(section, kTransportCcId);
  format.mid = mid_of(first_section(offer));
  if (!format.mid.empty() && format.mid.size() <= kMaxMidSize)
    format.mid_extension = accepted(section, kMidId);
  return format;
}

uint8_t negotiated_slot_transport_cc(std::string_view answer) {
  const std::string_view microphone = first_section(answer);
  if (microphone.empty()) return 0;
  const auto behind = static_cast<size_t>(microphone.data() - answer.data()) + 1;
  return accepted(section_from(answer, behind), kTransportCcId);
}

}  // namespace veche::load
