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

#include "room/message_stream.hpp"
#include "room/notices.hpp"
#include "room/types.hpp"

namespace veche::room {

class Audience;

struct RosterEntry {
  std::string participant;
  std::string name;
  std::string metadata;
  Attributes attributes;
  uint32_t source_number = 0;
  bool connected = false;
  bool is_encrypted = false;  ///< It encrypts its media end to end.
  bool muted_by_backend = false;
  bool muted_by_self = false;
  Permissions permissions;
};

/// An entry on its way to clients.
struct ToldEntry : RosterEntry {
  /// What a sink has made of it, so that it is made once; empty at first.
  std::string text;
};
/// Shared by all clients that are told of it before it changes.
using SharedEntry = std::shared_ptr<ToldEntry>;

/// The state at the moment of the subscription.
struct Snapshot {
  std::string stream;  ///< Names this client's messages, for StreamPosition.
  RosterEntry self;
  std::vector<std::string> pinned, blocked;
  /// The client's window of the roster. In the roster are all participants that have or had a
  /// session; the client itself too, once it has one.
  std::vector<SharedEntry> roster;
  size_t participants = 0;  ///< In the roster.
  std::vector<SlotView> slots;
  std::vector<std::string> speaking;
  std::string dominant;
  std::map<std::string, std::string> notices;  ///< Plugin name -> JSON object.
};

/// A snapshot has plugins' notices under the plugins' names, beside its own keys: is the name one
/// of these keys?
bool is_snapshot_key(std::string_view name);

/// The stream goes on after `position`; what has changed follows as in any other interval.
struct Resumption {
  StreamPosition position;
  RosterEntry self;
  std::vector<std::string> pinned, blocked;
};

/// A name in `changed` may also belong to a participant that left and rejoined, with an entirely
/// new entry.
struct RosterChange {
  std::vector<SharedEntry> joined, changed;  ///< `joined`: the window, at least.
  std::vector<std::string> left;             ///< Of those that the client had.
  std::vector<std::string> hidden;           ///< They left the window; they are still in the room.
  size_t participants = 0;                   ///< In the roster.
  /// What a sink has made of this, so that it is made once for all that are told the same.
  std::shared_ptr<std::string> text = std::make_shared<std::string>();
};

/// Receives a client's notifications. It may destroy its feed in any of these calls, and must
/// outlive it. It numbers its messages from 1. [control]
class ClientSink {
 public:
  virtual ~ClientSink() = default;
  /// The number of the message that the next of the calls below makes.
  virtual uint64_t next_seq() const = 0;
  /// The first call, made before Room::watch() returns.
  virtual void on_snapshot(const Snapshot& snapshot) = 0;
  /// The first call instead: numbers go on from the position.
  virtual void on_resumed(const Resumption& resumption) = 0;
  virtual void on_roster(const RosterChange& change) = 0;
  virtual void on_slots(const std::vector<SlotView>& changed) = 0;
  virtual void on_speakers(const Speakers& speakers) = 0;
  /// What the client should send from now on.
  virtual void on_hint(const PublishHint& hint) = 0;
  /// How the client's network is from now on.
  virtual void on_quality(const NetworkQuality& quality) = 0;
  virtual void on_notice(const PluginNotices& changed) = 0;
  /// A message of the backend, a JSON object.
  virtual void on_announcement(const std::string& json) = 0;
  /// A message of a plugin to this participant, a JSON object.
  virtual void on_plugin_message(const std::string& plugin, const std::string& json) = 0;
  /// The server ends by then at the latest; nothing: the drain was cancelled.
  virtual void on_draining(std::optional<int64_t> deadline_unix_ms) = 0;
  /// The last call. The session ended, or the participant or the room is gone. `detail`: what the
  /// backend says to a removed participant; may be empty.
  virtual void on_closing(EndReason reason, const std::string& detail) = 0;
  /// The last call instead: another sink has resumed the stream.
  virtual void on_taken_over() = 0;
};

/// A subscription. Destroying it ends it; its stream can then be resumed for a minute.
class ClientFeed {
 public:
  ClientFeed(Audience& audience, MessageStream stream, ClientSink& sink);
  ~ClientFeed();
  ClientFeed(const ClientFeed&) = delete;
  ClientFeed& operator=(const ClientFeed&) = delete;

 private:
  friend class Audience;
  Audience* audience_;  ///< Null once on_closing() or on_taken_over() was called.
  MessageStream stream_;
  ClientSink& sink_;
};

}  // namespace veche::room
