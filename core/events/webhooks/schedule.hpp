// SPDX-License-Identifier: Apache-2.0
// When one webhook's events are sent: in order within a room, again after a failure, and given up
// after days. A value that knows neither clock nor network: on(event, now) -> actions.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "events/event.hpp"
#include "events/webhooks/delivery.hpp"

namespace veche::events {

/// The first event of each room is sent at once, and again until it is delivered or given up; those
/// behind it wait, while other rooms go on. The owner loads events when need() asks, sends what it
/// is told to send, and calls on(Tick) at next_due_ms().
class Schedule {
 public:
  static constexpr size_t kMaxInFlight = 8;  ///< Rooms at once.
  /// Events in memory. The log keeps the others.
  static constexpr size_t kMaxWaiting = 256, kMaxWaitingBytes = size_t{1024} * 1024;
  static constexpr int64_t kMinDelayMs = 1000, kMaxDelayMs = int64_t{24} * 3600 * 1000;
  /// An event is given up after both.
  static constexpr int64_t kPatienceMs = 3 * kMaxDelayMs;
  static constexpr uint32_t kMinAttempts = 8;

  // What happens.
  /// A page that need() asked for, without what the webhook does not take.
  struct Loaded {
    std::vector<Event> events;
    uint64_t next_after = 0;
    uint64_t oldest = 0;  ///< The first id that the log still has.
    bool is_reset = false;
  };
  struct Answered {
    uint64_t id = 0;
    Outcome outcome;
    uint32_t random = 0;  ///< Any number, for the jitter.
  };
  struct Tick {};
  struct Stop {};    ///< Nothing more is sent, but events stay.
  struct Resume {};  ///< The opposite; and what waits after failures is sent now.
  using Input = std::variant<Loaded, Answered, Tick, Stop, Resume>;

  // What to do.
  struct Send {
    uint64_t id = 0;  ///< event() is what to send.
  };
  struct Cancel {
    uint64_t id = 0;
  };
  struct GiveUp {
    Event event;
    uint32_t attempts = 0;
    Outcome outcome;  ///< Of the last one.
  };
  struct Lost {
    uint64_t from = 0, to = 0;  ///< The log no longer has these, some of which may be wanted.
  };
  struct Disable {
    std::string reason;  ///< The receiver wants no more; the schedule has stopped.
  };
  using Action = std::variant<Send, Cancel, GiveUp, Lost, Disable>;
  using Actions = std::vector<Action>;

  explicit Schedule(const Position& position);

  Actions on(Input input, Now now);

  /// What to load next.
  struct Need {
    uint64_t after = 0;
    size_t limit = 0;
    bool is_known = false;  ///< Events that were waiting before a restart: whatever their type.
  };
  /// Nothing: there is enough in memory, or the schedule has stopped.
  std::optional<Need> need() const;
  /// When Tick is due; nothing: not before something else happens.
  std::optional<int64_t> next_due_ms() const;
  Position position() const;
  /// Of the position.
  uint64_t read() const { return read_; }
  /// One that waits or is being sent.
  const Event& event(uint64_t id) const { return waiting_.at(id).event; }
  size_t waiting() const { return waiting_.size() + known_.size(); }
  /// The time of the oldest event that waits; 0: none.
  int64_t oldest_unix_ms() const;

 private:
  struct Waiting {
    Event event;
    size_t bytes = 0;
    int64_t due_ms = 0;
    int64_t failing_since_unix_ms = 0;
    uint32_t attempts = 0;
    bool is_in_flight = false;
    bool is_unreached = false;  ///< The last failure was the receiver's as a whole.
  };

  void load(Loaded& page, int64_t now_ms, Actions& actions);
  void load_known(Loaded& page, int64_t now_ms, Actions& actions);
  void add(Event event, int64_t failing_since_unix_ms, int64_t now_ms);
  void answered(const Answered& answer, Now now, Actions& actions);
  /// True: the event is given up.
  bool fail(Waiting& waiting, const Answered& answer, Now now, Actions& actions);
  void finish(std::map<uint64_t, Waiting>::iterator first);
  void stop(Actions& actions);
  void hasten(int64_t now_ms, bool all);
  void start_due(int64_t now_ms, Actions& actions);

  uint64_t read_;
  /// By id, with the time of the first failure: to be loaded again.
  std::map<uint64_t, int64_t> known_;
  std::map<uint64_t, Waiting> waiting_;                ///< By id.
  std::map<std::string, std::deque<uint64_t>> rooms_;  ///< Ids of `waiting_`, in order.
  size_t bytes_ = 0;
  size_t in_flight_ = 0;
  uint32_t unreached_in_row_ = 0;
  int64_t paused_until_ms_ = 0;  ///< As the receiver asked for.
  bool is_stopped_ = false;
};

/// From 1 s, doubled with each attempt, to a day; up to a quarter longer, as `random` says.
int64_t retry_delay_ms(uint32_t attempts, uint32_t random);

}  // namespace veche::events
