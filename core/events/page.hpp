// SPDX-License-Identifier: Apache-2.0
// A query of the log, and the page that answers it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "events/event.hpp"
#include "events/filter.hpp"

namespace veche::events {

struct Query {
  uint64_t after = 0;
  size_t limit = 100;  ///< At least 1; a page has at most kMaxPage events.
  Filter filter;
};

struct Page {
  static constexpr size_t kMaxEvents = 1000;
  static constexpr size_t kMaxBytes = size_t{1024} * 1024;  ///< About; one event fits always.

  std::vector<Event> events;  ///< By id.
  /// Continue with this: the last id looked at, also where the filter took nothing.
  uint64_t next_after = 0;
  /// The first id that the log still has, and the last that was ever committed. Without events they
  /// are newest + 1 and newest (1 and 0 in a new log).
  uint64_t oldest = 1, newest = 0;
  /// `after` is older than what is kept (after + 1 < oldest), or newer than `newest`: events are
  /// missing before the first, and the page begins with the oldest.
  bool is_reset = false;
};

/// Fills a page from events that come by id.
class PageMaker {
 public:
  PageMaker(const Query& query, uint64_t oldest, uint64_t newest);

  /// The event that the page begins behind.
  uint64_t after() const { return page_.next_after; }
  /// The next event, looked at but for its data; does the filter take it?
  bool takes(const Event& event);
  /// One that it takes, with its data.
  void add(Event event);
  bool is_full() const;
  /// `has_seen_all`: nothing came after the last one.
  Page finish(bool has_seen_all);

 private:
  const Query& query_;
  const size_t limit_;
  size_t bytes_ = 0;
  Page page_;
};

}  // namespace veche::events
