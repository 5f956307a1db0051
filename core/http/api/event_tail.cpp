// SPDX-License-Identifier: Apache-2.0
// A deque, ordered by id.
#include "http/api/event_tail.hpp"

#include <algorithm>
#include <utility>

#include "http/protocol/server_sent_events.hpp"

namespace veche::http {

void EventTail::restart(uint64_t newest) {
  entries_.clear();
  bytes_ = 0;
  before_ = newest_ = newest;
}

void EventTail::add(const events::Page& page) {
  // Also if the log has begun anew: then the ids that were here are others.
  if (page.is_reset) restart(page.oldest - 1);
  for (const events::Event& event : page.events) {
    Entry entry{event, event_block(event.id, event.type, events::envelope(event))};
    entry.event.data = {};
    bytes_ += entry.block.size();
    entries_.push_back(std::move(entry));
  }
  newest_ = page.next_after;
  while (entries_.size() > kMaxEvents || (bytes_ > kMaxBytes && entries_.size() > 1)) {
    before_ = entries_.front().event.id;
    bytes_ -= entries_.front().block.size();
    entries_.pop_front();
  }
}

uint64_t EventTail::append_to(std::string& text, uint64_t after, const events::Filter& filter,
                              size_t enough_bytes) const {
  for (auto entry = first_after(after); entry != entries_.end(); ++entry) {
    if (text.size() >= enough_bytes) return after;
    if (filter.matches(entry->event)) text += entry->block;
    after = entry->event.id;
  }
  return std::max(after, newest_);
}

bool EventTail::has_match(uint64_t after, const events::Filter& filter) const {
  return std::any_of(first_after(after), entries_.end(),
                     [&](const Entry& entry) { return filter.matches(entry.event); });
}

std::deque<EventTail::Entry>::const_iterator EventTail::first_after(uint64_t id) const {
  return std::upper_bound(entries_.begin(), entries_.end(), id,
                          [](uint64_t left, const Entry& entry) { return left < entry.event.id; });
}

}  // namespace veche::http
