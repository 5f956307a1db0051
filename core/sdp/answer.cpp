// SPDX-License-Identifier: Apache-2.0
// The answer as lines: nothing here parses more of it than it needs.
#include "sdp/answer.hpp"

#include "sdp/text.hpp"

namespace veche::sdp {
namespace {

/// Takes the text up to the next m-line off the front.
std::string_view take_part(std::string_view& text) {
  const size_t found = text.find("\r\nm=");
  const std::string_view part = text.substr(0, found == text.npos ? found : found + 2);
  text.remove_prefix(part.size());
  return part;
}

bool begins_with(std::string_view line, std::string_view prefix) {
  return line.substr(0, prefix.size()) == prefix;
}

/// What the first section says of ICE and DTLS, line by line.
std::string transport_lines(std::string_view sections) {
  std::string_view section = take_part(sections);
  std::string lines;
  while (!section.empty()) {
    const std::string_view line = take_until(section, '\n');
    for (std::string_view name : {"a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:"}) {
      if (begins_with(line, name)) lines.append(line).append("\n");
    }
  }
  return lines;
}

template <class Matches>
bool has_line(std::string_view text, Matches matches) {
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (matches(line)) return true;
  }
  return false;
}

}  // namespace

std::string restore_sections(std::string_view answer, const SessionPlan& plan) {
  std::string text(take_part(answer));
  const std::string transport = transport_lines(answer);
  for (const SectionPlan& section : plan.sections) {
    if (section.is_used()) {
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

std::string say_lite(std::string answer) {
  const size_t media = answer.find("\nm=");
  if (media != std::string::npos) answer.insert(media + 1, "a=ice-lite\r\n");
  return answer;
}

bool has_candidates(std::string_view answer) {
  return has_line(answer, [](std::string_view line) { return begins_with(line, "a=candidate:"); });
}

bool is_dtls_client(std::string_view answer) {
  return has_line(answer, [](std::string_view line) { return line == "a=setup:active"; });
}

}  // namespace veche::sdp
