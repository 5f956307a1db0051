// SPDX-License-Identifier: Apache-2.0
// All requests that follow the event log as it grows, so that a thousand of them cost one read of
// each event, and little of control's time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/metric.hpp"
#include "base/result.hpp"
#include "events/log.hpp"
#include "glib/control_loop.hpp"
#include "http/api/event_tail.hpp"
#include "http/auth/auth.hpp"
#include "http/connection/deadlines.hpp"

namespace veche::http {

/// A request that is answered as events come. [control]
class EventFollower {
 public:
  virtual ~EventFollower() = default;
  virtual const Principal& caller() const = 0;
  /// There may be new events, or the followers end.
  virtual void advance() = 0;
  /// At least four times a second, and in a heartbeat.
  virtual void tick(int64_t now_ns) = 0;
  /// The caller's key is gone. The last call.
  virtual void refuse() = 0;
};

/// [control] all of it.
class EventFollowers {
 public:
  static constexpr size_t kMost = 2000;
  /// Pages that are read from the log at a time, for followers that the tail does not cover.
  static constexpr size_t kMaxReads = 4;
  using PageDone = std::function<void(const Result<events::Page>&)>;

  /// Loop and log outlive it.
  EventFollowers(glib::ControlLoop& loop, events::Log& log, const Deadlines& deadlines);
  ~EventFollowers() { end_all(); }
  EventFollowers(const EventFollowers&) = delete;
  EventFollowers& operator=(const EventFollowers&) = delete;

  /// One of kMost places, until the last copy is destroyed. Null if there is none, or if the
  /// process has more than half of its descriptors in use.
  std::shared_ptr<void> take_seat();
  void add(std::unique_ptr<EventFollower> follower);
  /// Destroys it in the next run of the loop: it is its own caller.
  void remove(EventFollower* follower);
  /// Refuses those of callers whose key `auth` does not have.
  void keep_keys_of(const Authenticator& auth);

  /// Ends each follower once it has got all events that were appended until now. To be asked for
  /// until it is_idle(): a follower that stalls, or a disk, may take its time.
  void finish();
  bool is_idle() const { return followers_.empty(); }
  /// At once.
  void end_all() { followers_.clear(); }
  /// The id after which a follower ends, if they end.
  std::optional<uint64_t> last_id() const { return last_id_; }

  /// Null where it lacks events after `id`, or the log has never had that id: then a page tells.
  const EventTail* tail_after(uint64_t id) const {
    return tail_.covers(id) && id <= log_.newest() ? &tail_ : nullptr;
  }
  const events::Log& log() const { return log_; }
  glib::ControlLoop& loop() const { return loop_; }
  const Deadlines& deadlines() const { return deadlines_; }
  /// Reads a page in its turn. `done` is not called once `alive` has expired.
  void read(events::Query query, std::weak_ptr<void> alive, PageDone done);

  void count_stalled() { ++stalled_; }
  void put_metrics(MetricSink& sink) const;

 private:
  struct Waiting {
    events::Query query;
    std::weak_ptr<void> alive;
    PageDone done;
  };
  void begin_reads();
  void feed();
  void want_round();
  void run_slice();
  void tick();

  glib::ControlLoop& loop_;
  events::Log& log_;
  const Deadlines deadlines_;
  EventTail tail_;
  bool is_feeding_ = false;
  std::map<EventFollower*, std::unique_ptr<EventFollower>> followers_;
  std::deque<Waiting> waiting_;
  size_t reads_ = 0;  ///< Under way.
  std::optional<uint64_t> last_id_;
  uint64_t stalled_ = 0;

  // A round lets each follower advance, in slices.
  bool is_in_round_ = false, wants_round_ = false;
  int64_t round_began_ns_ = 0;
  EventFollower* advanced_last_ = nullptr;  ///< Only compared.
  glib::Timer round_;

  /// Shared with seats, which may outlive this.
  const std::shared_ptr<size_t> seats_ = std::make_shared<size_t>(0);
  /// Tasks and reads hold it weakly.
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<events::Watch> commits_;
  glib::Timer ticker_;
};

}  // namespace veche::http
