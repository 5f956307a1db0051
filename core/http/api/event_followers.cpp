// SPDX-License-Identifier: Apache-2.0
// Feeds the tail, and lets followers advance at a pace that leaves control to others.
#include "http/api/event_followers.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/descriptor.hpp"
#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"

namespace veche::http {
namespace {

/// Followers that advance before control turns to others.
constexpr size_t kSlice = 32;
/// Rounds begin at least this far apart for each follower, which is about ten times what one costs.
constexpr int64_t kRoundNsPerFollower = 100'000;
constexpr uint32_t kMaxTickMs = 250;

/// Of the log's page that goes into the tail.
events::Query rest_after(uint64_t id) {
  constexpr size_t kPage = 250;
  return {.after = id, .limit = kPage, .filter = {.room = {}, .participant = {}, .types = {"*"}}};
}

}  // namespace

EventFollowers::EventFollowers(glib::ControlLoop& loop, events::Log& log,
                               const Deadlines& deadlines)
    : loop_(loop), log_(log), deadlines_(deadlines) {
  commits_ = log_.watch([this](uint64_t) { feed(); });
  ticker_ = loop_.every(std::clamp(deadlines.heartbeat_ms / 4, 1U, kMaxTickMs), [this] { tick(); });
}

std::shared_ptr<void> EventFollowers::take_seat() {
  const bool is_short = taken_descriptors(STDERR_FILENO) > descriptor_limit() / 2;
  if (*seats_ >= kMost || is_short) return nullptr;
  ++*seats_;
  return {seats_.get(), [seats = seats_](void*) { --*seats; }};
}

void EventFollowers::add(std::unique_ptr<EventFollower> follower) {
  assert(is_on_control());
  if (followers_.empty()) tail_.restart(log_.newest());
  EventFollower* added = follower.get();
  followers_.emplace(added, std::move(follower));
  added->advance();
}

void EventFollowers::remove(EventFollower* follower) {
  loop_.post([this, follower, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) followers_.erase(follower);
  });
}

void EventFollowers::keep_keys_of(const Authenticator& auth) {
  assert(is_on_control());
  for (const auto& [key, follower] : followers_) {
    if (!auth.has_key_of(follower->caller())) follower->refuse();
  }
}

void EventFollowers::finish() {
  assert(is_on_control());
  last_id_ = log_.last_id();
  want_round();
}

void EventFollowers::read(events::Query query, std::weak_ptr<void> alive, PageDone done) {
  waiting_.push_back({std::move(query), std::move(alive), std::move(done)});
  begin_reads();
}

void EventFollowers::begin_reads() {
  while (reads_ < kMaxReads && !waiting_.empty()) {
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    if (next.alive.expired()) continue;
    ++reads_;
    log_.read(std::move(next.query),
              [this, alive = std::weak_ptr<bool>(alive_), reader = std::move(next.alive),
               done = std::move(next.done)](const Result<events::Page>& page) {
                if (alive.expired()) return;
                --reads_;
                if (!reader.expired()) done(page);
                begin_reads();
              });
  }
}

void EventFollowers::feed() {
  if (is_feeding_ || followers_.empty() || tail_.newest() >= log_.newest()) return;
  is_feeding_ = true;
  const uint64_t after = tail_.newest();
  log_.read(rest_after(after),
            [this, after, alive = std::weak_ptr<bool>(alive_)](const Result<events::Page>& page) {
              if (alive.expired()) return;
              is_feeding_ = false;
              // The next tick tries again.
              if (!page)
                return log::warning("http", "cannot read new events: " + page.error().message);
              // Meanwhile the last follower may have left, and another one come.
              if (tail_.newest() == after) tail_.add(*page);
              want_round();
              feed();
            });
}

void EventFollowers::want_round() {
  wants_round_ = true;
  if (is_in_round_) return;
  is_in_round_ = true;
  const auto followers = static_cast<int64_t>(followers_.size());
  const int64_t due_ns = round_began_ns_ + followers * kRoundNsPerFollower;
  const int64_t wait_ns = std::max<int64_t>(due_ns - monotonic_ns(), 0);
  round_ = loop_.once(static_cast<uint32_t>(wait_ns / kNsPerMs), [this] {
    wants_round_ = false;
    round_began_ns_ = monotonic_ns();
    advanced_last_ = nullptr;
    run_slice();
  });
}

void EventFollowers::run_slice() {
  auto next = followers_.upper_bound(advanced_last_);
  for (size_t count = 0; count < kSlice && next != followers_.end(); ++count, ++next) {
    advanced_last_ = next->first;
    next->second->advance();
  }
  if (next != followers_.end()) {
    round_ = loop_.once(0, [this] { run_slice(); });
    return;
  }
  is_in_round_ = false;
  if (wants_round_) want_round();
}

void EventFollowers::tick() {
  const int64_t now_ns = monotonic_ns();
  for (const auto& [key, follower] : followers_) follower->tick(now_ns);
  feed();
}

void EventFollowers::put_metrics(MetricSink& sink) const {
  sink.gauge("veche_http_event_followers", "Requests that follow GET /v1/events now",
             static_cast<int64_t>(followers_.size()));
  sink.counter("veche_http_event_followers_stalled_total",
               "Event streams that the server ended because their readers stalled", stalled_);
}

}  // namespace veche::http
