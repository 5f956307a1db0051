// SPDX-License-Identifier: Apache-2.0
// Keeps copies, and evicts the oldest.
#include "events/tail.hpp"

#include <algorithm>

namespace veche::events {

void Tail::add(const std::vector<Event>& events) {
  for (const Event& event : events) {
    bytes_ += size_of(event);
    events_.push_back(event);
    newest_ = event.id;
  }
  while (events_.size() > kMaxEvents || (bytes_ > kMaxBytes && events_.size() > 1)) {
    bytes_ -= size_of(events_.front());
    floor_ = events_.front().id;
    events_.pop_front();
  }
}

Page Tail::read(const Query& query, uint64_t oldest) const {
  PageMaker page(query, oldest, newest_);
  auto next = std::upper_bound(events_.begin(), events_.end(), page.after(),
                               [](uint64_t after, const Event& event) { return after < event.id; });
  for (; next != events_.end() && !page.is_full(); ++next) {
    if (page.takes(*next)) page.add(*next);
  }
  return page.finish(next == events_.end());
}

}  // namespace veche::events
