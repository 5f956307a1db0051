// SPDX-License-Identifier: Apache-2.0
// Fuzz target: whatever an event's type and data contain, a browser reads one event with this data;
// whatever headers contain, they are read or refused.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../unit/http/protocol/event_stream_text.hpp"
#include "http/protocol/server_sent_events.hpp"

namespace {

using namespace veche::http;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Every line break as a browser sees it.
std::string with_line_feeds(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\r\n") continue;
    result += text[i] == '\r' ? '\n' : text[i];
  }
  return result;
}

void check_block(std::string_view type, std::string_view data) {
  const EventStreamText stream(event_block(7, type, data) + comment_block(data) +
                               event_block(8, "next", "{}"));
  require(stream.events.size() == 2 && stream.comments.size() == 1);
  const StreamedEvent& event = stream.events[0];
  require(event.id == "7" && event.data == with_line_feeds(data));
  const std::string first_line(type.substr(0, type.find_first_of("\r\n")));
  require(event.type == (first_line.empty() ? "message" : first_line));
  require(stream.events[1] == StreamedEvent{"8", "next", "{}"});
}

void check_headers(std::string_view value) {
  const veche::Result<uint64_t> id = parse_event_id("after", value);
  if (id) require(parse_event_id("after", std::to_string(*id)).value() == *id);
  // More media ranges take nothing away.
  if (accepts_event_stream(value)) {
    require(accepts_event_stream("text/html," + std::string(value)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t half = std::min(text.find('|'), text.size());
  check_block(text.substr(0, half), text.substr(std::min(half + 1, text.size())));
  check_headers(text);
  return 0;
}
