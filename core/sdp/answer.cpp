// SPDX-License-Identifier: Apache-2.0
// The answer as lines: nothing here parses more of it than it needs.
#include "sdp/answer.hpp"

#include <algorithm>
#include <array>
#include <span>

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

constexpr std::array<std::string_view, 4> kTransport = {
    "a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:"};
constexpr std::array<std::string_view, 2> kCandidates = {"a=candidate:", "a=end-of-candidates"};

/// The lines that begin with one of the prefixes, or the others.
std::string pick_lines(std::string_view text, std::span<const std::string_view> prefixes,
                       bool wanted) {
  std::string lines;
  while (!text.empty()) {
    const std::string_view line = take_until(text, '\n');
    const bool found = std::any_of(prefixes.begin(), prefixes.end(), [line](std::string_view each) {
      return begins_with(line, each);
    });
    if (found == wanted) lines.append(line).append("\n");
  }
  return lines;
}

/// webrtcbin takes the first used section as the tag.
bool has_first_tag(const SessionPlan& plan) {
  const auto used = std::find_if(plan.sections.begin(), plan.sections.end(),
                                 [](const SectionPlan& section) { return section.is_used(); });
  return plan.bundle.empty() || used == plan.sections.end() || used->mid == plan.bundle.front();
}

/// The session part with the group in the client's order; without it, if there are no mids.
std::string with_group(std::string_view session, const std::vector<std::string>& mids) {
  std::string text;
  while (!session.empty()) {
    const std::string_view line = take_until(session, '\n');
    if (!begins_with(line, "a=group:BUNDLE")) {
      text.append(line).append("\n");
      continue;
    }
    if (mids.empty()) continue;
    text += "a=group:BUNDLE";
    for (const std::string& mid : mids) text.append(" ").append(mid);
    text += "\r\n";
  }
  return text;
}

/// The section with this protocol in its m-line, m=<media> <port> <protocol> <formats>.
std::string with_protocol(std::string_view section, std::string_view protocol) {
  const size_t begin = section.find(' ', section.find(' ') + 1);
  const size_t end = section.find_first_of(" \r\n", begin + 1);
  std::string text(section);
  if (protocol.empty() || begin == section.npos || end == section.npos) return text;
  return text.replace(begin + 1, end - begin - 1, protocol);
}

/// The section with redundant Opus, which webrtcbin does not know, where the client has it in its
/// m-line: before Opus or behind.
std::string with_red(std::string section, const SectionPlan& plan) {
  if (plan.red_payload_type == 0) return section;
  const std::string opus = std::to_string(plan.codec.payload_type);
  const std::string red = std::to_string(plan.red_payload_type);
  const size_t map = section.find("\na=rtpmap:" + opus + " ");
  const size_t format = section.find(" " + opus + "\r\n");
  if (map == section.npos || format == section.npos || format > map) return section;
  section.insert(map + 1, "a=rtpmap:" + red + " red/48000/2\r\na=fmtp:" + red + " " + opus + "/" +
                              opus + "\r\n");
  return section.insert(plan.prefers_red ? format : format + 1 + opus.size(), " " + red);
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
  const std::string_view session = take_part(answer);
  const bool moves = !has_first_tag(plan);
  const std::vector<std::string> no_group;
  std::string text = plan.has_group && !moves
                         ? std::string(session)
                         : with_group(session, plan.has_group ? plan.bundle : no_group);
  std::string_view sections = answer;
  const std::string transport = pick_lines(take_part(sections), kTransport, true);
  const std::string candidates = pick_lines(answer, kCandidates, true);
  for (const SectionPlan& section : plan.sections) {
    if (section.is_used()) {
      const std::string part =
          with_red(with_protocol(take_part(answer), section.protocol), section);
      text += moves ? pick_lines(part, kCandidates, false) : part;
      if (moves && section.mid == plan.bundle.front()) text += candidates;
      continue;
    }
    if (section.kept_media.empty()) {
      add_line(text, {"m=", section.refused_media});
      add_line(text, {"c=IN IP4 0.0.0.0"});
    }
    text += section.kept_media;
    add_line(text, {"a=mid:", section.mid});
    add_line(text, {"a=inactive"});
    // RFC 8829 does not ask for these in a refused section; webrtcbin and aiortc as clients do.
    text += transport;
    if (!section.kept_media.empty()) text += candidates;
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
