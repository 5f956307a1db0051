// SPDX-License-Identifier: Apache-2.0
// The client WebSocket: reports the room to a participant's client, and takes its commands.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "glib/control_loop.hpp"
#include "http/api/request_limits.hpp"
#include "http/auth/auth.hpp"
#include "http/connection/websocket.hpp"
#include "http/protocol/problem.hpp"
#include "room/client_feed.hpp"
#include "room/server.hpp"

namespace veche::http {

class ClientSockets;

/// A participant's place, and the caller that watches it.
struct Watched {
  std::string room;
  std::string participant;
  std::shared_ptr<const Principal> caller;  ///< Shared with the request.
};

class ClientSocket : public room::ClientSink {
 public:
  ClientSocket(ClientSockets& owner, glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket,
               Watched watched);
  ~ClientSocket() override = default;

  const Principal& caller() const { return *watched_.caller; }
  /// The credential has ended; the session has not.
  void end(const char* reason);

  void on_snapshot(const room::Snapshot& snapshot) override;
  void on_roster(const room::RosterChange& change) override;
  void on_slots(const std::vector<room::SlotView>& changed) override;
  void on_speakers(const room::Speakers& speakers) override;
  void on_hint(const room::PublishHint& hint) override;
  void on_notice(const room::PluginNotices& changed) override;
  void on_draining(std::optional<int64_t> deadline_unix_ms) override;
  void on_closing(room::EndReason reason, const std::string& detail) override;

 private:
  /// Subscribes; without the participant the socket closes again.
  void watch();
  void end_with_token();
  void on_message(const std::string& text);
  std::string answer_to(const std::string& text);
  /// Nothing, or the problem of a client that sends commands too fast.
  std::optional<Problem> refuse_command();

  ClientSockets& owner_;
  const Watched watched_;
  WebSocket socket_;
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

  glib::ControlLoop& loop_;
  room::Server& rooms_;
  RequestLimits& limits_;
  const uint32_t ping_ms_;
  std::unordered_map<ClientSocket*, std::unique_ptr<ClientSocket>> sockets_;
  /// Tasks hold it weakly.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace veche::http
