// SPDX-License-Identifier: Apache-2.0
// What one client learns about its room, as values, which http/ turns into JSON.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "room/notices.hpp"
#include "room/types.hpp"

namespace veche::room {

class Audience;

struct RosterEntry {
  std::string participant;
  std::string name;
  std::string metadata;
  uint32_t source_number = 0;
  bool connected = false;
  bool muted_by_backend = false;
  bool muted_by_self = false;
  Permissions permissions;
};

/// Shared by all clients that subscribe before it changes, since in a large room it is large.
struct Roster {
  std::vector<RosterEntry> entries;
  /// What a sink has made of the entries, so that it is made once; empty at first.
  std::string text;
};

/// The state at the moment of the subscription.
struct Snapshot {
  RosterEntry self;
  std::vector<std::string> pinned, blocked;
  /// All participants that have or had a session; the client itself too, once it has one.
  std::shared_ptr<Roster> roster = std::make_shared<Roster>();
  std::vector<SlotView> slots;
  std::vector<std::string> speaking;
  std::string dominant;
  std::map<std::string, std::string> notices;  ///< Plugin name -> JSON object.
};

/// A snapshot has plugins' notices under the plugins' names, beside its own keys: is the name one
/// of these keys?
bool is_snapshot_key(std::string_view name);

/// A name in `changed` may also belong to a participant that left and rejoined, with an entirely
/// new entry.
struct RosterChange {
  std::vector<RosterEntry> joined, changed;
  std::vector<std::string> left;
  /// What a sink has made of this, so that it is made once for all that are told the same.
  std::shared_ptr<std::string> text = std::make_shared<std::string>();
};

/// Receives a client's notifications. It may destroy its feed in any of these calls, and must
/// outlive it. [control]
class ClientSink {
 public:
  virtual ~ClientSink() = default;
  /// The first call, made before Room::watch() returns.
  virtual void on_snapshot(const Snapshot& snapshot) = 0;
  virtual void on_roster(const RosterChange& change) = 0;
  virtual void on_slots(const std::vector<SlotView>& changed) = 0;
  virtual void on_speakers(const Speakers& speakers) = 0;
  /// What the client should send from now on.
  virtual void on_hint(const PublishHint& hint) = 0;
  virtual void on_notice(const PluginNotices& changed) = 0;
  /// The server ends by then at the latest; nothing: the drain was cancelled.
  virtual void on_draining(std::optional<int64_t> deadline_unix_ms) = 0;
  /// The last call. The session ended, or the participant or the room is gone. `detail`: what the
  /// backend says to a removed participant; may be empty.
  virtual void on_closing(EndReason reason, const std::string& detail) = 0;
};

/// A subscription. Destroying it ends it.
class ClientFeed {
 public:
  ClientFeed(Audience& audience, std::string participant, Speakers told, ClientSink& sink);
  ~ClientFeed();
  ClientFeed(const ClientFeed&) = delete;
  ClientFeed& operator=(const ClientFeed&) = delete;

 private:
  friend class Audience;
  Audience* audience_;  ///< Null once on_closing() was called.
  const std::string participant_;
  Notices notices_;
  ClientSink& sink_;
};

}  // namespace veche::room
