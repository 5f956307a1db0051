// SPDX-License-Identifier: Apache-2.0
// SDP text as lines: session attributes and sections, without judging what they mean.
#include "sdp/text.hpp"

#include <algorithm>
#include <charconv>

#include "base/characters.hpp"

namespace veche::sdp {
namespace {

constexpr std::string_view kLineTypes = "vosiuepcbtrzkam";
constexpr std::string_view kTokenPunctuation = "!#$%&'*+-.^_`{|}~";

bool is_control(char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; }

/// RFC 8866: proto = token *("/" token).
bool is_protocol(std::string_view text) {
  if (text.empty() || text.back() == '/') return false;
  while (!text.empty()) {
    if (!is_token(take_until(text, '/'))) return false;
  }
  return true;
}

/// m=<media> <port> <proto> <fmt> ...
std::optional<SdpSection> parse_media(std::string_view value) {
  SdpSection section;
  section.media = take_until(value, ' ');
  const auto port = parse_number(take_until(value, ' '), 0, UINT16_MAX);
  section.protocol = take_until(value, ' ');
  if (!is_token(section.media) || !port || !is_protocol(section.protocol)) return std::nullopt;
  section.port = static_cast<uint16_t>(*port);
  while (!value.empty()) {
    section.formats.push_back(take_until(value, ' '));
    if (!is_token(section.formats.back())) return std::nullopt;
  }
  if (section.formats.empty()) return std::nullopt;
  return section;
}

/// The lines of a description, or of a part of one.
class LineReader {
 public:
  LineReader(std::string_view name, size_t max_sections)
      : name_(name), max_sections_(max_sections) {}

  Result<SdpText> run(std::string_view text, bool is_whole) {
    for (number_ = 1; (is_whole && number_ == 1) || !text.empty(); ++number_) {
      std::string_view line = take_until(text, '\n');
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (is_whole && number_ == 1 && line != "v=0") return problem("must be v=0 (RFC 8866)");
      if (Status status = read(line); !status) return status.error();
    }
    return std::move(sdp_);
  }

 private:
  Status read(std::string_view line) {
    if (std::any_of(line.begin(), line.end(), is_control)) {
      return problem("holds a control character; SDP is plain text");
    }
    if (line.size() < 2 || line[1] != '=' || kLineTypes.find(line[0]) == std::string_view::npos) {
      return problem("is not of the form <type>=<value> (RFC 8866)");
    }
    std::string_view value = line.substr(2);
    if (line[0] == 'm') {
      auto section = parse_media(value);
      if (!section) return problem("is not m=<media> <port> <protocol> <format>");
      if (sdp_.sections.size() == max_sections_) {
        return invalid("more than " + std::to_string(max_sections_) + " m-lines");
      }
      sdp_.sections.push_back(std::move(*section));
    } else if (line[0] == 'a') {
      auto& scope = sdp_.sections.empty() ? sdp_.attributes : sdp_.sections.back().attributes;
      const std::string_view attribute = take_until(value, ':');
      scope.push_back({attribute, value});
    }
    return Ok{};
  }

  Error problem(const std::string& what) const {
    return invalid("line " + std::to_string(number_) + " of the " + std::string(name_) + " " +
                   what);
  }

  const std::string_view name_;
  const size_t max_sections_;
  size_t number_ = 1;
  SdpText sdp_;
};

}  // namespace

std::string section_name(const SdpText& sdp, uint32_t index) {
  return "m-line " + std::to_string(index) + " (" +
         std::string(sdp.sections[index].media.substr(0, 16)) + ")";
}

bool has_attribute(const SdpAttributes& attributes, std::string_view name) {
  return std::any_of(attributes.begin(), attributes.end(),
                     [name](const SdpAttribute& attribute) { return attribute.name == name; });
}

Result<std::optional<std::string_view>> single_attribute(const SdpAttributes& attributes,
                                                         std::string_view name,
                                                         const std::string& where) {
  std::optional<std::string_view> found;
  for (const SdpAttribute& attribute : attributes) {
    if (attribute.name != name) continue;
    if (found) return invalid(where + ": more than one a=" + std::string(name));
    found = attribute.value;
  }
  return found;
}

std::string_view take_until(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

std::optional<uint32_t> parse_number(std::string_view text, uint32_t lowest, uint32_t highest) {
  uint64_t value = 0;
  if (text.size() > 10) return std::nullopt;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value < lowest || value > highest) return std::nullopt;
  return static_cast<uint32_t>(value);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || kTokenPunctuation.find(c) != std::string_view::npos;
  });
}

Result<SdpText> parse_sdp(std::string_view text, size_t max_sections) {
  return LineReader("offer", max_sections).run(text, true);
}

Result<SdpText> parse_sdp_fragment(std::string_view text, size_t max_sections) {
  return LineReader("fragment", max_sections).run(text, false);
}

void add_line(std::string& text, std::initializer_list<std::string_view> parts) {
  for (std::string_view part : parts) text += part;
  text += "\r\n";
}

}  // namespace veche::sdp
