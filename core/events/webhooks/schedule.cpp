// SPDX-License-Identifier: Apache-2.0
// Queues by room, retries, and what an answer means for them.
#include "events/webhooks/schedule.hpp"

#include <algorithm>
#include <utility>

namespace veche::events {
namespace {

/// The receiver, or what stands in front of it, takes nothing at all now.
bool is_unreached(int status) {
  return status == 0 || status == 429 || (status >= 502 && status <= 504);
}

/// These answers ask the server to come back later with everything (RFC 9110 section 10.2.3, RFC
/// 6585 section 4); with others Retry-After is about this event.
bool asks_for_pause(int status) { return status == 429 || status == 503; }

constexpr int kGone = 410;
constexpr size_t kPageEvents = 100;
/// After this many failures in a row the receiver counts as down.
constexpr uint32_t kDownAfter = 2;

}  // namespace

int64_t retry_delay_ms(uint32_t attempts, uint32_t random) {
  constexpr uint32_t kMaxDoublings = 30;
  const int64_t base = Schedule::kMinDelayMs
                       << std::min(std::max(attempts, uint32_t{1}) - 1, kMaxDoublings);
  const int64_t longest = Schedule::kMaxDelayMs * 4 / 5;
  const int64_t delay = std::min(base, longest);
  constexpr uint32_t kParts = 1024;
  return delay + delay / 4 * (random % (kParts + 1)) / kParts;
}

Schedule::Schedule(const Position& position) : read_(position.read) {
  for (const Position::Waiting& each : position.waiting) {
    known_[each.id] = each.failing_since_unix_ms;
  }
}

Schedule::Actions Schedule::on(Input input, Now now) {
  Actions actions;
  if (auto* page = std::get_if<Loaded>(&input)) load(*page, now.monotonic_ms, actions);
  if (const auto* answer = std::get_if<Answered>(&input)) answered(*answer, now, actions);
  if (std::holds_alternative<Stop>(input)) stop(actions);
  if (std::holds_alternative<Resume>(input)) {
    is_stopped_ = false;
    paused_until_ms_ = 0;
    hasten(now.monotonic_ms, true);
  }
  start_due(now.monotonic_ms, actions);
  return actions;
}

void Schedule::load(Loaded& page, int64_t now_ms, Actions& actions) {
  if (!known_.empty()) return load_known(page, now_ms, actions);
  if (page.is_reset && read_ + 1 < page.oldest) {
    actions.emplace_back(Lost{read_ + 1, page.oldest - 1});
  }
  // A log that began anew has smaller ids.
  read_ = page.is_reset ? page.next_after : std::max(read_, page.next_after);
  for (Event& event : page.events) add(std::move(event), 0, now_ms);
}

void Schedule::load_known(Loaded& page, int64_t now_ms, Actions& actions) {
  const uint64_t asked_for = known_.begin()->first;
  for (Event& event : page.events) {
    const auto known = known_.find(event.id);
    if (known == known_.end()) continue;
    add(std::move(event), known->second, now_ms);
    known_.erase(known);
  }
  const uint64_t looked_at = std::max(page.next_after, asked_for);
  while (!known_.empty() && known_.begin()->first <= looked_at) {
    const uint64_t id = known_.begin()->first;
    actions.emplace_back(Lost{id, id});
    known_.erase(known_.begin());
  }
}

void Schedule::add(Event event, int64_t failing_since_unix_ms, int64_t now_ms) {
  const uint64_t id = event.id;
  const size_t bytes = size_of(event);
  bytes_ += bytes;
  rooms_[event.room].push_back(id);
  waiting_[id] = {.event = std::move(event),
                  .bytes = bytes,
                  .due_ms = now_ms,
                  .failing_since_unix_ms = failing_since_unix_ms};
}

void Schedule::answered(const Answered& answer, Now now, Actions& actions) {
  const auto found = waiting_.find(answer.id);
  if (found == waiting_.end() || !found->second.is_in_flight) return;
  Waiting& waiting = found->second;
  waiting.is_in_flight = false;
  --in_flight_;
  if (answer.outcome.is_delivered()) {
    finish(found);
    // The receiver is back: rooms that waited for it do not wait for their delays.
    if (std::exchange(unreached_in_row_, 0) >= kDownAfter) hasten(now.monotonic_ms, false);
  } else if (answer.outcome.status == kGone) {
    stop(actions);
    actions.emplace_back(Disable{answer.outcome.reason});
  } else if (fail(waiting, answer, now, actions)) {
    finish(found);
  }
}

bool Schedule::fail(Waiting& waiting, const Answered& answer, Now now, Actions& actions) {
  const Outcome& outcome = answer.outcome;
  waiting.is_unreached = is_unreached(outcome.status);
  unreached_in_row_ = waiting.is_unreached ? unreached_in_row_ + 1 : 0;
  ++waiting.attempts;
  if (waiting.failing_since_unix_ms == 0) waiting.failing_since_unix_ms = now.unix_ms;
  waiting.due_ms = now.monotonic_ms + retry_delay_ms(waiting.attempts, answer.random);
  const int64_t asked_ms = std::clamp(outcome.retry_after_s, int64_t{0}, kMaxDelayMs / 1000) * 1000;
  int64_t& until = asks_for_pause(outcome.status) ? paused_until_ms_ : waiting.due_ms;
  if (asked_ms > 0) until = std::max(until, now.monotonic_ms + asked_ms);
  const bool is_hopeless = waiting.attempts >= kMinAttempts &&
                           now.unix_ms - waiting.failing_since_unix_ms >= kPatienceMs;
  if (is_hopeless) actions.emplace_back(GiveUp{waiting.event, waiting.attempts, outcome});
  return is_hopeless;
}

void Schedule::finish(std::map<uint64_t, Waiting>::iterator first) {
  const auto room = rooms_.find(first->second.event.room);
  room->second.pop_front();
  if (room->second.empty()) rooms_.erase(room);
  bytes_ -= first->second.bytes;
  waiting_.erase(first);
}

void Schedule::stop(Actions& actions) {
  is_stopped_ = true;
  for (auto& [id, waiting] : waiting_) {
    if (!std::exchange(waiting.is_in_flight, false)) continue;
    actions.emplace_back(Cancel{id});
  }
  in_flight_ = 0;
}

void Schedule::hasten(int64_t now_ms, bool all) {
  for (auto& [id, waiting] : waiting_) {
    if (all || waiting.is_unreached) waiting.due_ms = std::min(waiting.due_ms, now_ms);
  }
}

void Schedule::start_due(int64_t now_ms, Actions& actions) {
  if (is_stopped_ || now_ms < paused_until_ms_) return;
  std::vector<std::pair<int64_t, uint64_t>> due;  // The one that waits for longest first.
  for (const auto& [room, ids] : rooms_) {
    const Waiting& first = waiting_.at(ids.front());
    if (!first.is_in_flight && first.due_ms <= now_ms) due.emplace_back(first.due_ms, ids.front());
  }
  std::sort(due.begin(), due.end());
  for (const auto& [due_ms, id] : due) {
    if (in_flight_ >= kMaxInFlight) return;
    waiting_.at(id).is_in_flight = true;
    ++in_flight_;
    actions.emplace_back(Send{id});
  }
}

std::optional<Schedule::Need> Schedule::need() const {
  if (is_stopped_) return std::nullopt;
  if (!known_.empty()) return Need{known_.begin()->first - 1, kPageEvents, true};
  if (waiting_.size() >= kMaxWaiting || bytes_ >= kMaxWaitingBytes) return std::nullopt;
  return Need{read_, std::min(kPageEvents, kMaxWaiting - waiting_.size()), false};
}

std::optional<int64_t> Schedule::next_due_ms() const {
  if (is_stopped_ || in_flight_ >= kMaxInFlight) return std::nullopt;
  std::optional<int64_t> next;
  for (const auto& [room, ids] : rooms_) {
    const Waiting& first = waiting_.at(ids.front());
    if (first.is_in_flight) continue;
    const int64_t due_ms = std::max(first.due_ms, paused_until_ms_);
    next = std::min(next.value_or(due_ms), due_ms);
  }
  return next;
}

Position Schedule::position() const {
  Position position{.read = read_, .waiting = {}};
  for (const auto& [id, waiting] : waiting_) {
    position.waiting.push_back({id, waiting.failing_since_unix_ms});
  }
  for (const auto& [id, since] : known_) position.waiting.push_back({id, since});
  std::sort(position.waiting.begin(), position.waiting.end(),
            [](const auto& one, const auto& other) { return one.id < other.id; });
  return position;
}

int64_t Schedule::oldest_unix_ms() const {
  int64_t oldest = 0;
  for (const auto& [id, waiting] : waiting_) {
    const int64_t time = waiting.event.time_unix_ms;
    if (oldest == 0 || time < oldest) oldest = time;
  }
  return oldest;
}

}  // namespace veche::events
