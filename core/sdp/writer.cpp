// SPDX-License-Identifier: Apache-2.0
// Writes the offer that webrtcbin is given, from the plan alone.
#include "sdp/writer.hpp"

#include <string_view>

#include "sdp/text.hpp"
#include "sdp/values.hpp"

namespace veche::sdp {
namespace {

std::string_view client_direction(SectionUse use) {
  if (use == SectionUse::Track) return "sendonly";
  return use == SectionUse::Slot ? "recvonly" : "sendrecv";
}

void add_extension(std::string& text, uint8_t id, std::string_view uri,
                   std::string_view attributes = {}) {
  if (id == 0) return;
  add_line(text,
           {"a=extmap:", std::to_string(id), " ", uri, attributes.empty() ? "" : " ", attributes});
}

void add_codec(std::string& text, const SectionPlan& section) {
  const Codec& codec = section.codec;
  const std::string type = std::to_string(codec.payload_type);
  add_line(text, {"a=rtpmap:", type, " ", encoding(codec)});
  if (!codec.fmtp.empty()) add_line(text, {"a=fmtp:", type, " ", codec.fmtp});
  if (section.extensions.transport_cc != 0) {
    add_line(text, {"a=rtcp-fb:", type, " transport-cc"});
  }
  if (section.nack) add_line(text, {"a=rtcp-fb:", type, " nack"});
}

void add_section(std::string& text, const SectionPlan& section, const TransportPlan& transport,
                 const std::vector<std::string>& fingerprints) {
  const ExtensionIds& ids = section.extensions;
  add_line(text, {"m=audio 9 UDP/TLS/RTP/SAVPF ", std::to_string(section.codec.payload_type)});
  add_line(text, {"c=IN IP4 0.0.0.0"});
  add_line(text, {"a=mid:", section.mid});
  add_line(text, {"a=", client_direction(section.use)});
  add_line(text, {"a=rtcp-mux"});
  add_line(text, {"a=ice-ufrag:", transport.ufrag});
  add_line(text, {"a=ice-pwd:", transport.password});
  for (const std::string& each : fingerprints) add_line(text, {"a=fingerprint:", each});
  add_line(text, {"a=setup:", transport.setup});
  add_codec(text, section);
  add_extension(text, ids.mid, kMidUri);
  add_extension(text, ids.audio_level, kAudioLevelUri, ids.audio_level_uri_attributes);
  add_extension(text, ids.transport_cc, kTransportCcUri);
  // webrtcbin maps an SSRC to its m-line only if the line names a CNAME.
  for (uint32_t ssrc : section.ssrcs) {
    add_line(text, {"a=ssrc:", std::to_string(ssrc), " cname:client"});
  }
}

}  // namespace

std::string write_offer(const std::vector<SectionPlan>& plan, const TransportPlan& transport) {
  std::vector<std::string> fingerprints;
  for (const Fingerprint& each : transport.fingerprints) {
    fingerprints.push_back(write_fingerprint(each));
  }
  std::string group, sections;
  for (const SectionPlan& section : plan) {
    if (!section.is_used()) continue;
    const bool tag = group.empty();
    group += ' ' + section.mid;
    add_section(sections, section, transport, fingerprints);
    if (!tag) continue;
    for (const std::string& candidate : transport.candidates) {
      add_line(sections, {"a=candidate:", candidate});
    }
  }
  std::string text = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  add_line(text, {"a=group:BUNDLE", group});
  return text + sections;
}

}  // namespace veche::sdp
