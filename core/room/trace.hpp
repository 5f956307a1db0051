// SPDX-License-Identifier: Apache-2.0
// What happened to a participant lately, to find out why a call was bad. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace veche::room {

struct TraceEntry {
  int64_t time_unix_ms = 0;
  int64_t at_ns = 0;        ///< On the monotonic clock.
  const char* type = "";    ///< A literal: "session.offered".
  std::string data = "{}";  ///< A JSON object.
};

/// Two rings, so that hours of speech do not evict how the session began.
class Trace {
 public:
  static constexpr size_t kMaxEntries = 128;              ///< Of each kind.
  static constexpr size_t kMaxOfType = 32;                ///< Changes, so that one evicts no other.
  static constexpr size_t kMaxBytes = size_t{16} * 1024;  ///< Of the data of each kind.

  enum class Kind {
    Change = 0,  ///< Its state, and requests for it.
    Activity,    ///< Frequent events: speech, slots, loss.
  };

  /// Evicts the oldest entries of its kind when there are too many, and the oldest change of its
  /// type when it is one of many: a client that mutes and unmutes all the time does not erase how
  /// its session began.
  void add(Kind kind, TraceEntry entry);
  /// By time.
  std::vector<TraceEntry> entries() const;
  /// How many were evicted.
  uint64_t dropped() const { return dropped_; }
  /// When the very first entry was added, on the monotonic clock; 0: there was none.
  int64_t began_ns() const { return began_ns_; }

 private:
  struct Ring {
    std::deque<TraceEntry> entries;
    size_t bytes = 0;
  };
  void evict(Ring& ring, const std::deque<TraceEntry>::iterator& entry);
  std::array<Ring, 2> rings_;
  uint64_t dropped_ = 0;
  int64_t began_ns_ = 0;
};

/// Traces of participants that left a short time ago: support asks afterwards. A later participant
/// of the same name may be another person, so it begins a trace of its own.
class FormerTraces {
 public:
  static constexpr int64_t kRememberedNs = 60 * kNsPerS;
  /// When more participants leave within that time, the oldest traces are evicted.
  static constexpr size_t kMax = 500;

  /// Evicts the trace of an earlier participant of that name.
  void keep(const std::string& room, const std::string& participant, Trace trace, int64_t now_ns);
  /// Null if it is not remembered; valid until anything is changed here.
  const Trace* find(const std::string& room, const std::string& participant, int64_t now_ns);

 private:
  struct Former {
    std::string room, participant;
    int64_t left_ns;
    Trace trace;
  };
  std::deque<Former>::iterator locate(const std::string& room, const std::string& participant,
                                      int64_t now_ns);

  std::deque<Former> traces_;  ///< Each name once, in the order in which they left.
};

}  // namespace veche::room
