// SPDX-License-Identifier: Apache-2.0
// Reads what a used audio section says about its media: codec, header extensions, SSRCs.
#include "sdp/audio.hpp"

#include <algorithm>
#include <array>
#include <bitset>

#include "sdp/codec.hpp"
#include "sdp/values.hpp"

namespace veche::sdp {
namespace {

constexpr size_t kMaxSsrcs = 4;
constexpr uint32_t kMaxOneByteExtensionId = 14;

/// RFC 9429 section 5.1.2: some clients write others of these although they mean the first. Only
/// the fingerprint says that it is DTLS-SRTP.
constexpr std::array<std::string_view, 8> kProtocols = {
    "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVP",
    "RTP/SAVPF",         "RTP/SAVP",         "RTP/AVPF",           "RTP/AVP"};

/// The first Opus payload type in the order of the m-line; 0: none.
uint8_t opus_payload_type(const SdpSection& section) {
  std::bitset<128> opus;
  for (const SdpAttribute& attribute : section.attributes) {
    if (attribute.name != "rtpmap") continue;
    if (const auto type = parse_opus_rtpmap(attribute.value)) opus.set(*type);
  }
  for (std::string_view format : section.formats) {
    const auto type = parse_number(format, 0, 127);
    if (type && opus.test(*type)) return static_cast<uint8_t>(*type);
  }
  return 0;
}

std::string format_parameters(const SdpSection& section, uint8_t payload_type) {
  for (const SdpAttribute& attribute : section.attributes) {
    std::string_view parameters = attribute.value;
    if (attribute.name != "fmtp") continue;
    if (parse_number(take_until(parameters, ' '), 0, 127) == payload_type) {
      return opus_parameters(parameters);
    }
  }
  return {};
}

/// The first format that is redundant audio of that Opus alone.
void read_red(const SdpSection& section, SectionPlan& plan) {
  std::bitset<128> named, red;
  for (const SdpAttribute& attribute : section.attributes) {
    std::string_view value = attribute.value;
    if (attribute.name == "rtpmap") {
      if (const auto type = parse_red_rtpmap(value)) named.set(*type);
    } else if (attribute.name == "fmtp") {
      const auto type = parse_number(take_until(value, ' '), 0, 127);
      if (type && is_red_of(value, plan.codec.payload_type)) red.set(*type);
    }
  }
  bool is_behind_opus = false;
  for (std::string_view format : section.formats) {
    const auto type = parse_number(format, 0, 127);
    is_behind_opus |= type == plan.codec.payload_type;
    if (!type || !named.test(*type) || !red.test(*type)) continue;
    plan.red_payload_type = static_cast<uint8_t>(*type);
    plan.prefers_red = !is_behind_opus;
    return;
  }
}

bool offers_feedback(const SdpSection& section, uint8_t payload_type, const std::string& kind) {
  const std::string exact = std::to_string(payload_type) + " " + kind;
  return std::any_of(section.attributes.begin(), section.attributes.end(),
                     [&](const SdpAttribute& attribute) {
                       return attribute.name == "rtcp-fb" &&
                              (attribute.value == exact || attribute.value == "* " + kind);
                     });
}

void take_extension(const HeaderExtension& extension, ExtensionIds& ids) {
  const auto id = static_cast<uint8_t>(extension.id);
  if (extension.uri == kMidUri && ids.mid == 0) ids.mid = id;
  if (extension.uri == kTransportCcUri && ids.transport_cc == 0) ids.transport_cc = id;
  if (extension.uri == kAudioLevelUri && ids.audio_level == 0) {
    ids.audio_level = id;
    if (extension.attributes == "vad=on" || extension.attributes == "vad=off") {
      ids.audio_level_uri_attributes = extension.attributes;
    }
  }
}

}  // namespace

bool is_media_protocol(std::string_view protocol) {
  return std::find(kProtocols.begin(), kProtocols.end(), protocol) != kProtocols.end();
}

Status AudioReader::read(const SdpSection& section, const std::string& where, SectionPlan& plan) {
  if (!is_media_protocol(section.protocol)) {
    return invalid(where + ": the protocol must be UDP/TLS/RTP/SAVPF");
  }
  if (!has_attribute(section.attributes, "rtcp-mux")) {
    return invalid(where + ": no a=rtcp-mux; RTP and RTCP must share a port");
  }
  const uint8_t payload_type = opus_payload_type(section);
  if (payload_type == 0) {
    return invalid(where + ": no " + encoding(opus()) +
                   " with a payload type of 35 to 63 or 96 to 127");
  }
  plan.codec = opus(payload_type, format_parameters(section, payload_type));
  read_red(section, plan);
  Status status = read_extensions(section, where, plan.extensions);
  if (!status) return status.error();
  if (!offers_feedback(section, payload_type, "transport-cc")) plan.extensions.transport_cc = 0;
  plan.nack = offers_feedback(section, payload_type, "nack");
  return read_ssrcs(section, where, plan);
}

Status AudioReader::read_extensions(const SdpSection& section, const std::string& where,
                                    ExtensionIds& ids) {
  for (const SdpAttribute& attribute : section.attributes) {
    if (attribute.name != "extmap") continue;
    const auto extension = parse_extmap(attribute.value);
    if (!extension) return invalid(where + ": malformed a=extmap; RFC 8285 defines its form");
    if (extension->id > kMaxOneByteExtensionId) continue;
    // RFC 8843: an id means the same in the whole BUNDLE group; webrtcbin relies on it.
    const auto known = extension_uris_.emplace(extension->id, extension->uri).first;
    if (known->second != extension->uri) {
      return invalid(where + ": a=extmap id " + std::to_string(extension->id) +
                     " has two meanings in the BUNDLE group; it must have one");
    }
    if (extension->both_directions) take_extension(*extension, ids);
  }
  return Ok{};
}

Status AudioReader::read_ssrcs(const SdpSection& section, const std::string& where,
                               SectionPlan& plan) {
  std::set<uint32_t> own;
  for (const SdpAttribute& attribute : section.attributes) {
    if (attribute.name != "ssrc") continue;
    const auto ssrc = parse_ssrc(attribute.value);
    if (!ssrc) return invalid(where + ": the SSRC of an a=ssrc must be 1 to 4294967295");
    if (!own.insert(*ssrc).second) continue;
    if (own.size() > kMaxSsrcs) {
      return invalid(where + ": more than " + std::to_string(kMaxSsrcs) + " SSRCs");
    }
    if (!ssrcs_.insert(*ssrc).second) {
      return invalid(where + ": SSRC " + std::to_string(*ssrc) +
                     " belongs to another m-line; each m-line needs its own");
    }
    if (plan.use != SectionUse::Slot) plan.ssrcs.push_back(*ssrc);
  }
  return Ok{};
}

}  // namespace veche::sdp
