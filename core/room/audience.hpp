// SPDX-License-Identifier: Apache-2.0
// The feeds of one room: collects notices and delivers them, whatever a sink does meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "room/client_feed.hpp"
#include "room/types.hpp"

namespace veche::room {

/// [control] Outlives its feeds' calls: a room that ends calls close() for each of its
/// participants.
class Audience {
 public:
  size_t feeds_of(const std::string& participant) const;
  /// The participants that have at least one feed; valid until a feed ends.
  std::unordered_set<std::string_view> watching() const;

  /// Grows with each change of the roster.
  uint64_t roster_version() const { return roster_version_; }

  // For all clients.
  void joined(const std::string& participant);
  void changed(const std::string& participant);
  void left(const std::string& participant);
  void speakers_changed(const Speakers& speakers);
  void announced(const std::string& plugin, const std::optional<std::string>& json);
  // For the clients of that participant.
  void slots_changed(const std::string& participant, const std::vector<SlotView>& slots);
  void slots_restarted(const std::string& participant, const std::vector<SlotView>& slots);
  void hint_changed(const std::string& participant, const PublishHint& hint);

  /// Looks up a participant; called only for names of the roster.
  using Lookup = std::function<RosterEntry(const std::string&)>;
  /// Delivers each feed's notices. Sends the roster at every second call at most: while a crowd
  /// joins it changes all the time, and all of the crowd receive it.
  void tell(const Lookup& lookup);
  /// Notifies every feed immediately.
  void tell_draining(std::optional<int64_t> deadline_unix_ms);
  /// The last notification to the feeds of that participant.
  void close(const std::string& participant, EndReason reason, const std::string& detail = {});

 private:
  friend class ClientFeed;
  bool has(const ClientFeed* feed) const;
  /// Of one tick. Most clients have the same one.
  using RosterChanges = std::map<RosterNames, RosterChange>;
  void tell(ClientFeed* feed, bool roster_is_due, const Lookup& lookup, RosterChanges& changes);
  static const RosterChange& change_of(const RosterNames& names, const Lookup& lookup,
                                       RosterChanges& changes);

  std::vector<ClientFeed*> feeds_;
  uint64_t roster_version_ = 0;
  bool told_roster_ = false;  ///< In the last tell().
};

}  // namespace veche::room
