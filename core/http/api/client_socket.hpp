// SPDX-License-Identifier: Apache-2.0
// The client WebSocket: reports the room to a participant's client, and takes its commands.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "glib/control_loop.hpp"
#include "http/api/bodies.hpp"
#include "http/api/client_messages.hpp"
#include "http/api/request_limits.hpp"
#include "http/auth/auth.hpp"
#include "http/connection/websocket.hpp"
#include "http/protocol/problem.hpp"
#include "room/client_feed.hpp"
#include "room/server.hpp"

namespace veche::http {

class ClientSockets;

/// A participant's place, the caller that watches it, and how.
struct Watched {
  std::string room;
  std::string participant;
  std::shared_ptr<const Principal> caller;  ///< Shared with the request.
  room::WatchRequest request;
};

class ClientSocket : public room::ClientSink {
 public:
  ClientSocket(ClientSockets& owner, glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket,
               Watched watched);
  ~ClientSocket() override = default;

  const Principal& caller() const { return *watched_.caller; }
  /// The credential has ended; the session has not.
  void end(const char* reason);

  uint64_t next_seq() const override { return seq_ + 1; }
  void on_snapshot(const room::Snapshot& snapshot) override;
  void on_resumed(const room::Resumption& resumption) override;
  void on_roster(const room::RosterChange& change) override;
  void on_slots(const std::vector<room::SlotView>& changed) override;
  void on_speakers(const room::Speakers& speakers) override;
  void on_hint(const room::PublishHint& hint) override;
  void on_quality(const room::NetworkQuality& quality) override;
  void on_notice(const room::PluginNotices& changed) override;
  void on_announcement(const std::string& json) override;
  void on_plugin_message(const std::string& plugin, const std::string& json) override;
  void on_draining(std::optional<int64_t> deadline_unix_ms) override;
  void on_closing(room::EndReason reason, const std::string& detail) override;
  void on_taken_over() override;

 private:
  /// What a command is answered with: "ok" or "problem".
  struct Answer {
    const char* type;
    int64_t id;
    std::string data;  ///< May be empty.
  };
  /// Subscribes; without the participant the socket closes again.
  void watch();
  void end_with_token();
  void on_message(const std::string& text);
  Answer answer_to(const std::string& text);
  Status carry_out(const ClientCommand& command, room::Room& room, room::Participant& participant);
  /// Numbers and sends a message. `head`: what it has beside its type and data.
  void send(const char* type, const std::string& data, MessageHead head = {});
  /// Nothing, or the problem of a client that sends commands too fast.
  std::optional<Problem> refuse_command();

  ClientSockets& owner_;
  const Watched watched_;
  WebSocket socket_;
  uint64_t seq_ = 0;  ///< Of the last message.
  std::unique_ptr<room::ClientFeed> feed_;
  glib::Timer expiry_;
  uint32_t refused_in_a_row_ = 0;  ///< Commands beyond the limit.
};

/// All client WebSockets of this server. [control]
class ClientSockets {
 public:
  /// All outlive it.
  ClientSockets(glib::ControlLoop& loop, room::Server& rooms, RequestLimits& limits,
                uint32_t ping_ms)
      : loop_(loop), rooms_(rooms), limits_(limits), ping_ms_(ping_ms) {}
  /// Tells all clients that the server stops.
  ~ClientSockets();
  ClientSockets(const ClientSockets&) = delete;
  ClientSockets& operator=(const ClientSockets&) = delete;

  /// Valid until the loop runs again.
  ClientSocket& open(glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket, Watched watched);
  /// Ends the sockets of callers whose key `auth` does not have.
  void keep_keys_of(const Authenticator& auth);

 private:
  friend class ClientSocket;
  /// Destroys it in the next run of the loop: it is its own caller.
  void remove(ClientSocket* socket);
  /// Now, for messages; valid until the next call.
  std::string_view time();

  glib::ControlLoop& loop_;
  room::Server& rooms_;
  RequestLimits& limits_;
  const uint32_t ping_ms_;
  std::unordered_map<ClientSocket*, std::unique_ptr<ClientSocket>> sockets_;
  /// Of the last message: a thousand clients are told in the same millisecond.
  int64_t time_ms_ = 0;
  std::string time_;
  /// Tasks hold it weakly.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace veche::http
