// SPDX-License-Identifier: Apache-2.0
// The text/event-stream format (HTML, section 9.2): blocks on the way out, and what a request says
// about it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace veche::http {

inline constexpr const char* kEventStreamType = "text/event-stream";

/// One event. A line break ends `type`, and begins another line of `data`.
std::string event_block(uint64_t id, std::string_view type, std::string_view data);
/// How long a client waits before it reconnects, and from where on it then reads: no event.
std::string opening_block(uint64_t id, uint32_t retry_ms);
/// A sign of life with the reader's position, which a filter may have moved: no event.
std::string heartbeat_block(uint64_t id);
/// Text for a person who watches the stream: no event.
std::string comment_block(std::string_view text);

/// The id of an event, as in Last-Event-ID or `after`: 0 to 2^63 - 1 in decimal digits.
/// InvalidArgument says so, and begins with `name`.
Result<uint64_t> parse_event_id(std::string_view name, std::string_view text);

/// Does an Accept header name text/event-stream? A wildcard does not.
bool accepts_event_stream(std::string_view accept);

}  // namespace veche::http
