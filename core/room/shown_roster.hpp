// SPDX-License-Identifier: Apache-2.0
// Which entries of the roster a client has, and since which of its messages: what it still has to
// be told, also after messages were lost. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "room/join_order.hpp"
#include "room/roster_window.hpp"

namespace veche::room {

/// What changes for a client. Only names: the entries are looked up at delivery, so they are never
/// stale.
struct RosterNames {
  std::vector<std::string> joined, changed;
  std::vector<std::string> left;    ///< The room.
  std::vector<std::string> hidden;  ///< Left the window, but not the room.
  size_t participants = 0;          ///< In the roster, seen or not.

  bool has_entries() const { return !joined.empty() || !changed.empty() || !left.empty(); }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a 0 in what the compiler writes.
  friend auto operator<=>(const RosterNames&, const RosterNames&) = default;
};

/// How soon the client should know.
enum class Pace {
  Settled = 1,  ///< There is nothing to tell.
  Lazy,         ///< The number of participants, and whom the client no longer needs to see.
  Steady,       ///< Everything else.
  AtOnce,       ///< The next message names somebody whom the client does not see yet.
};

class ShownRoster {
 public:
  /// Entries that the client no longer has are remembered up to this number, for a resumption.
  static constexpr size_t kMostGone = 128;

  /// `count`: see window_of().
  explicit ShownRoster(size_t count) : count_(count) {}
  size_t count() const { return count_; }

  /// Everything that the client has, told with message 1.
  void begin(const RosterWindow& window, const JoinOrder& order);

  // The order is that after the change.
  void joined(const std::string& name, const JoinOrder& order);
  void changed(const std::string& name);
  void left(const std::string& name);
  /// Others concern the client now.
  void concerns_changed() { has_moved_ = true; }

  /// May the window differ from what the client has? If not, only the number of participants can.
  bool has_moved() const { return has_moved_; }
  /// What the client lacks of this window.
  RosterNames missing(const RosterWindow& window, const JoinOrder& order) const;
  Pace pace_of(const RosterNames& missing, const RosterWindow& window) const;
  /// The client is told that with message `seq`; without news, `seq` does not matter.
  void tell(const RosterNames& missing, uint64_t seq);

  /// The client has got no message after `seq`: from now on what it lacks is what has changed since
  /// then. False if too much has, or if it never got message 1.
  bool rewind(uint64_t seq);

 private:
  struct Shown {
    uint64_t since = 0;     ///< The message with which the client got it.
    uint64_t told = 0;      ///< The last message about it.
    bool is_stale = false;  ///< It has changed since.
  };
  /// An entry that the client had from message `since` until message `until`.
  struct Gone {
    std::string name;
    uint64_t since, until;
  };
  void forget(const std::string& name, uint64_t seq);

  size_t count_;
  std::unordered_map<std::string, Shown> shown_;
  std::deque<Gone> gone_;         ///< By `until`.
  uint64_t oldest_position_ = 1;  ///< rewind() reaches no further.
  std::optional<size_t> told_participants_;
  uint64_t participants_seq_ = 0;  ///< The message with which it was told.
  bool has_moved_ = false;
  bool is_resumed_ = false;  ///< And has been told nothing since.
};

}  // namespace veche::room
