// SPDX-License-Identifier: Apache-2.0
// Connections between two requests: waits for the next one, and for the client that hangs up.
#pragma once

#include <gio/gio.h>

#include <functional>
#include <list>
#include <string>
#include <utility>

#include "glib/control_loop.hpp"
#include "glib/ref.hpp"
#include "glib/source.hpp"

namespace veche::http {

/// libsoup keeps no connection alive that it has not accepted itself, and 3.2 loses the descriptors
/// of those that clients close; so a connection is with libsoup only while it has a request.
/// [control]
class IdleConnections {
 public:
  /// More than this are not kept: the oldest ones end.
  static constexpr size_t kMax = 10'000;

  /// The next request has begun: `unread` are its first bytes.
  using Woken = std::function<void(glib::Ref<GIOStream> stream, const glib::Ref<GSocket>& socket,
                                   const std::string& unread)>;

  /// A connection that stays idle for that long is closed. The loop outlives this.
  IdleConnections(glib::ControlLoop& loop, uint32_t idle_ms, Woken woken)
      : loop_(loop), idle_ms_(idle_ms), woken_(std::move(woken)) {}
  /// Closes all.
  ~IdleConnections();
  IdleConnections(const IdleConnections&) = delete;
  IdleConnections& operator=(const IdleConnections&) = delete;

  /// May one more stay? Not while more than half of the process's descriptors are taken: capacity
  /// does not count idle connections, so they must be few when others need descriptors. A client
  /// that is told so does not lose a request to a connection that ends. `socket`: any.
  static bool has_room(GSocket* socket);
  /// `socket` is what the stream runs on, `unread` what has been read from it already. Calls
  /// `woken` later, or never.
  void add(glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket, std::string unread);
  /// Closes the one that has been idle for longest; false if there is none.
  bool drop_oldest();
  size_t size() const { return connections_.size(); }
  uint32_t idle_ms() const { return idle_ms_; }

 private:
  struct Connection {
    IdleConnections* owner = nullptr;
    glib::Ref<GIOStream> stream;
    glib::Ref<GSocket> socket;
    std::string unread;
    std::list<Connection>::iterator place;
    glib::Timer deadline;
    glib::Source readable;
  };
  void look(Connection& connection);
  void close(Connection& connection);

  glib::ControlLoop& loop_;
  const uint32_t idle_ms_;
  const Woken woken_;
  std::list<Connection> connections_;  ///< The oldest first.
};

}  // namespace veche::http
