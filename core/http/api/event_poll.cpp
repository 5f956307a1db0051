// SPDX-License-Identifier: Apache-2.0
// Looks into the tail, and reads the page only when there is something in it.
#include "http/api/event_poll.hpp"

#include <algorithm>
#include <utility>

#include "http/api/event_query.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {

EventPoll::EventPoll(EventFollowers& owner, Place place, Reply reply)
    : owner_(owner), place_(std::move(place)), reply_(std::move(reply)) {}

EventPoll::~EventPoll() {
  if (!is_over_) reply_(nothing());
}

void EventPoll::advance() {
  if (is_over_ || awaits_page_) return;
  uint64_t& after = place_.query.after;
  const EventTail* tail = owner_.tail_after(after);
  if (tail && !tail->has_match(after, place_.query.filter)) {
    after = std::max(after, tail->newest());
    if (owner_.last_id() && after >= *owner_.last_id()) answer(nothing());
    return;
  }
  awaits_page_ = true;
  owner_.read(place_.query, alive_, [this](const Result<events::Page>& page) { take(page); });
}

void EventPoll::take(const Result<events::Page>& page) {
  awaits_page_ = false;
  if (is_over_) return;
  if (!page) return answer(problem(page.error()));
  if (!page->events.empty() || page->is_reset) return answer(json_response(200, page_json(*page)));
  place_.query.after = page->next_after;
  advance();
}

void EventPoll::tick(int64_t now_ns) {
  if (now_ns >= place_.until_ns && !awaits_page_) answer(nothing());
}

void EventPoll::refuse() {
  answer(problem(Error{ErrorCode::Unauthenticated, "The credential's key has been removed."}));
}

Response EventPoll::nothing() const {
  return json_response(200, page_json({.events = {},
                                       .next_after = place_.query.after,
                                       .oldest = owner_.log().oldest(),
                                       .newest = owner_.log().newest(),
                                       .is_reset = false}));
}

void EventPoll::answer(const Response& response) {
  if (is_over_) return;
  const Reply reply = std::exchange(reply_, nullptr);
  leave();
  reply(response);
}

void EventPoll::leave() {
  if (std::exchange(is_over_, true)) return;
  owner_.remove(this);
}

}  // namespace veche::http
