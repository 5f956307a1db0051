// SPDX-License-Identifier: Apache-2.0
// Says where a page begins and ends.
#include "events/page.hpp"

#include <algorithm>
#include <utility>

namespace veche::events {

PageMaker::PageMaker(const Query& query, uint64_t oldest, uint64_t newest)
    : query_(query), limit_(std::clamp<size_t>(query.limit, 1, Page::kMaxEvents)) {
  page_.oldest = oldest;
  page_.newest = newest;
  page_.is_reset = query.after > newest || query.after + 1 < oldest;
  page_.next_after = page_.is_reset ? oldest - 1 : query.after;
}

bool PageMaker::takes(const Event& event) {
  page_.next_after = event.id;
  return query_.filter.matches(event);
}

void PageMaker::add(Event event) {
  bytes_ += size_of(event);
  page_.events.push_back(std::move(event));
}

bool PageMaker::is_full() const {
  return page_.events.size() >= limit_ || bytes_ >= Page::kMaxBytes;
}

Page PageMaker::finish(bool has_seen_all) {
  if (has_seen_all) page_.next_after = page_.newest;
  return std::move(page_);
}

}  // namespace veche::events
