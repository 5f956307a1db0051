// SPDX-License-Identifier: Apache-2.0
// Writing and reading of the text/event-stream format's few fields.
#include "http/protocol/server_sent_events.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "http/protocol/text.hpp"

namespace veche::http {
namespace {

constexpr std::string_view kLineBreaks = "\r\n";

std::string id_line(uint64_t id) { return "id: " + std::to_string(id) + "\n"; }

/// Up to the next `separator`, which is taken away from `text` too.
std::string_view take_part(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// "q=0" and "q=0.000": the client does not want it (RFC 9110, section 12.4.2).
bool is_refusal(std::string_view parameter) {
  const std::string_view name = trimmed(take_part(parameter, '='));
  const std::string_view value = trimmed(parameter);
  return is_word(name, "q") && !value.empty() &&
         value.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::string event_block(uint64_t id, std::string_view type, std::string_view data) {
  std::string block = id_line(id) + "event: ";
  block += type.substr(0, type.find_first_of(kLineBreaks));
  for (size_t begin = 0; begin <= data.size();) {
    const size_t end = std::min(data.find_first_of(kLineBreaks, begin), data.size());
    block += "\ndata: ";
    block += data.substr(begin, end - begin);
    const bool is_pair = data.substr(end, 2) == kLineBreaks;
    begin = end + (is_pair ? 2 : 1);
  }
  return block + "\n\n";
}

std::string opening_block(uint64_t id, uint32_t retry_ms) {
  return "retry: " + std::to_string(retry_ms) + "\n" + id_line(id) + "\n";
}

std::string heartbeat_block(uint64_t id) { return ": heartbeat\n" + id_line(id) + "\n"; }

std::string comment_block(std::string_view text) {
  return ": " + std::string(text.substr(0, text.find_first_of(kLineBreaks))) + "\n\n";
}

Result<uint64_t> parse_event_id(std::string_view name, std::string_view text) {
  constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
  uint64_t id = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, id);
  if (parsed.ec == std::errc() && parsed.ptr == end && id <= kMost) return id;
  return invalid(std::string(name) +
                 " has to be the id of an event, or 0: a whole number from 0 to 2^63 - 1.");
}

bool accepts_event_stream(std::string_view accept) {
  while (!accept.empty()) {
    std::string_view range = take_part(accept, ',');
    if (!is_word(trimmed(take_part(range, ';')), kEventStreamType)) continue;
    bool is_refused = false;
    while (!range.empty()) is_refused |= is_refusal(take_part(range, ';'));
    if (!is_refused) return true;
  }
  return false;
}

}  // namespace veche::http
