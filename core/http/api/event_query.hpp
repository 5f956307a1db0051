// SPDX-License-Identifier: Apache-2.0
// What a request for events asks for, and a page of them as JSON. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "events/filter.hpp"
#include "events/log.hpp"
#include "http/protocol/message.hpp"

namespace veche::http {

struct EventQuery {
  std::optional<uint64_t> after;  ///< Nothing: a page begins with the oldest, a stream now.
  size_t limit = 100;             ///< Of a page.
  uint32_t wait_s = 0;            ///< How long an empty page may wait for an event.
  events::Filter filter;
};

/// Reads `after`, `limit`, `wait_s`, `room`, `participant` and `types` of the query;
/// InvalidArgument says what is allowed. `for_stream`: Last-Event-ID beats `after`.
Result<EventQuery> read_event_query(const Request& request, bool for_stream);

/// {"events", "next_after", "oldest", "newest", "reset"}
std::string page_json(const events::Page& page);

/// The schemas of the query and of a page, for the API's document.
extern const char kEventQuery[];
std::string event_page_schema();

}  // namespace veche::http
