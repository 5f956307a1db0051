// SPDX-License-Identifier: Apache-2.0
// The clients of one room: collects what they have to learn and delivers it, whatever a sink does
// meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "room/client_feed.hpp"
#include "room/join_order.hpp"
#include "room/resume_store.hpp"
#include "room/types.hpp"

namespace veche::room {

/// [control] Outlives its feeds' calls: a room that ends calls close() for each of its
/// participants.
class Audience {
 public:
  /// How it looks up participants; called only for names of the roster, and of feeds.
  struct Lookups {
    std::function<RosterEntry(const std::string& participant)> entry;
    std::function<Concerns(const std::string& participant)> concerns;
  };
  Audience(Lookups lookups, int64_t now_ns) : lookups_(std::move(lookups)), now_ns_(now_ns) {}

  size_t feeds_of(const std::string& participant) const;
  /// The participants that have at least one feed; valid until a feed ends.
  std::unordered_set<std::string_view> watching() const;
  const JoinOrder& roster() const { return roster_; }

  /// For a client that begins now: what it has to see, as shared entries.
  std::vector<SharedEntry> begin(MessageStream& stream);
  /// The stream, from its feed, whose sink it tells, or from a client that has lost its connection.
  std::optional<MessageStream> take(const std::string& stream, const std::string& participant);

  // For all clients.
  void joined(const std::string& participant);
  void changed(const std::string& participant);
  void left(const std::string& participant);
  void speakers_changed(const Speakers& speakers);
  void announced(const std::string& plugin, const std::optional<std::string>& json);
  // For the clients of that participant.
  void pins_changed(const std::string& participant);
  void slots_changed(const std::string& participant, const std::vector<SlotView>& slots);
  void slots_restarted(const std::string& participant, const std::vector<SlotView>& slots);
  void hint_changed(const std::string& participant, const PublishHint& hint);
  void quality_changed(const std::string& participant, const NetworkQuality& quality);

  /// Delivers what each client has to learn; to be called every 100 ms. While a crowd joins the
  /// roster changes all the time, and all of the crowd receive it: it is sent at every second call
  /// at most, and Pace::Lazy at every fifth.
  void tell(int64_t now_ns);
  /// Sends it to every feed immediately, or to those of `participants`; returns how many got it.
  /// A client that has lost its connection gets it when it resumes.
  size_t tell_announcement(const std::string& json, const std::set<std::string>* participants);
  /// Likewise a plugin's message, to the feeds of that participant.
  size_t tell_message(const std::string& participant, const std::string& plugin,
                      const std::string& json);
  /// Notifies every feed immediately.
  void tell_draining(std::optional<int64_t> deadline_unix_ms);
  /// The last notification to the feeds of that participant. Their streams end.
  void close(const std::string& participant, EndReason reason, const std::string& detail = {});

 private:
  friend class ClientFeed;
  /// Of one tell(). Most clients have the same one.
  using RosterChanges = std::map<RosterNames, RosterChange>;

  bool has(const ClientFeed* feed) const;
  void detach(ClientFeed& feed);
  template <class Visit>
  void for_each_stream(Visit visit);
  template <class Visit>
  void for_each_stream_of(const std::string& participant, Visit visit);
  bool is_due(Pace pace) const;
  void tell(ClientFeed* feed, RosterChanges& changes);
  void tell_roster(ClientFeed& feed, RosterChanges& changes);
  void tell_announcements(ClientFeed* feed);
  const RosterChange& change_of(const RosterNames& names, RosterChanges& changes);
  SharedEntry entry(const std::string& participant);

  const Lookups lookups_;
  std::vector<ClientFeed*> feeds_;
  ResumeStore kept_;
  JoinOrder roster_;
  /// Until they change, or a tell() ends: they are as large as the room.
  std::unordered_map<std::string, SharedEntry> entries_;
  uint64_t ticks_ = 0;
  int64_t now_ns_;  ///< Of the last tell().
  bool is_steady_due_ = true;
  bool told_steadily_ = false;  ///< In the last tell().
};

}  // namespace veche::room
