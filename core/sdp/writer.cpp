// SPDX-License-Identifier: Apache-2.0
// Writes SDP: the offer for webrtcbin, and the answer with the refused sections put back.
#include "sdp/writer.hpp"

#include <string_view>

#include "sdp/text.hpp"
#include "sdp/values.hpp"

namespace veche::sdp {
namespace {

void add_line(std::string& text, std::initializer_list<std::string_view> parts) {
  for (std::string_view part : parts) text += part;
  text += "\r\n";
}

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
  const std::string type = std::to_string(section.payload_type);
  add_line(text, {"a=rtpmap:", type, " opus/48000/2"});
  if (!section.fmtp.empty()) add_line(text, {"a=fmtp:", type, " ", section.fmtp});
  if (section.extensions.transport_cc != 0) {
    add_line(text, {"a=rtcp-fb:", type, " transport-cc"});
  }
  if (section.nack) add_line(text, {"a=rtcp-fb:", type, " nack"});
}

void add_section(std::string& text, const SectionPlan& section, const TransportPlan& transport,
                 const std::string& fingerprint) {
  const ExtensionIds& ids = section.extensions;
  add_line(text, {"m=audio 9 UDP/TLS/RTP/SAVPF ", std::to_string(section.payload_type)});
  add_line(text, {"c=IN IP4 0.0.0.0"});
  add_line(text, {"a=mid:", section.mid});
  add_line(text, {"a=", client_direction(section.use)});
  add_line(text, {"a=rtcp-mux"});
  add_line(text, {"a=ice-ufrag:", transport.ufrag});
  add_line(text, {"a=ice-pwd:", transport.password});
  add_line(text, {"a=fingerprint:", fingerprint});
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

/// Takes the text up to the next m-line off the front.
std::string_view take_part(std::string_view& text) {
  const size_t found = text.find("\r\nm=");
  const std::string_view part = text.substr(0, found == text.npos ? found : found + 2);
  text.remove_prefix(part.size());
  return part;
}

/// What the first section says of ICE and DTLS, line by line.
std::string transport_lines(std::string_view sections) {
  std::string_view section = take_part(sections);
  std::string lines;
  while (!section.empty()) {
    const std::string_view line = take_until(section, '\n');
    for (std::string_view name : {"a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:"}) {
      if (line.substr(0, name.size()) == name) lines.append(line).append("\n");
    }
  }
  return lines;
}

}  // namespace

std::string write_offer(const std::vector<SectionPlan>& plan, const TransportPlan& transport) {
  const std::string fingerprint = write_fingerprint(transport.fingerprint);
  std::string group, sections;
  for (const SectionPlan& section : plan) {
    if (section.use == SectionUse::Refused) continue;
    const bool tag = group.empty();
    group += ' ' + section.mid;
    add_section(sections, section, transport, fingerprint);
    if (!tag) continue;
    for (const std::string& candidate : transport.candidates) {
      add_line(sections, {"a=candidate:", candidate});
    }
  }
  std::string text = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  add_line(text, {"a=group:BUNDLE", group});
  return text + sections;
}

std::string restore_sections(std::string_view answer, const SessionPlan& plan) {
  std::string text(take_part(answer));
  const std::string transport = transport_lines(answer);
  for (const SectionPlan& section : plan.sections) {
    if (section.use != SectionUse::Refused) {
      text += take_part(answer);
      continue;
    }
    add_line(text, {"m=", section.refused_media});
    add_line(text, {"c=IN IP4 0.0.0.0"});
    add_line(text, {"a=mid:", section.mid});
    add_line(text, {"a=inactive"});
    // RFC 8829 does not ask for these in a refused section; webrtcbin and aiortc as clients do.
    text += transport;
  }
  return text;
}

}  // namespace veche::sdp
