// SPDX-License-Identifier: Apache-2.0
// One request on its connection: time and size limits on the way in, one response on the way out.
#pragma once

#include <libsoup/soup.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "glib/control_loop.hpp"
#include "glib/ref.hpp"
#include "http/connection/client_watch.hpp"
#include "http/connection/deadlines.hpp"
#include "http/connection/downloads.hpp"
#include "http/connection/idle_connections.hpp"
#include "http/connection/route_times.hpp"
#include "http/protocol/message.hpp"
#include "http/protocol/router.hpp"

namespace veche::http {

/// Belongs to its SoupServerMessage, of which libsoup sees one per connection: after a response
/// that keeps the connection alive, the exchange takes the stream back and gives it to the idle
/// connections, or to what writes the body. [control]
class Exchange {
 public:
  /// Makes the exchange of a message that has just begun.
  static void attach(glib::ControlLoop& loop, SoupServerMessage* message, Deadlines deadlines,
                     Downloads& downloads, RouteTimes& times, IdleConnections& idle);
  /// Null for a message that was never attached.
  static Exchange* of(SoupServerMessage* message);

  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  SoupServerMessage* message() const { return message_; }
  std::string request_header(const char* name) const;
  /// A header that the response gets, whatever it is.
  void add_header(std::string name, std::string value);

  /// Known once the headers have come: the route, and the request without its body.
  std::shared_ptr<const Route> route;
  Request request;
  /// Asked before each piece of a file: does the caller's credential still exist? Null: it does.
  std::function<bool()> may_continue;

  /// Refuses a larger body with 413, even while it is being received.
  void limit_body(size_t max_bytes);
  std::string body() const;

  bool is_answered() const { return is_answered_; }
  /// At once. Headers and body that are still coming are read and dropped.
  void respond(const Response& response);
  /// Lets `handler` answer, now or later.
  void handle(const Handler& handler);

 private:
  struct Pending;
  Exchange(glib::ControlLoop& loop, SoupServerMessage* message, Deadlines deadlines,
           Downloads& downloads, RouteTimes& times, IdleConnections& idle);
  void start_timer(uint32_t delay_ms);
  void on_deadline();
  void cut();
  void watch_client(std::function<void()> gone);
  void on_chunk(size_t bytes);
  void write(const Response& response);
  /// Once the response is written: the connection goes to what uses it next, if it stays.
  void pass_on();
  bool begin_upgrade(const Response& response);
  bool begin_download(const FileBody& body);
  void on_piece(const Result<glib::Ref<GBytes>>& piece);
  void on_written();
  void end_download();

  glib::ControlLoop& loop_;
  SoupServerMessage* const message_;  ///< Owns this.
  const glib::Ref<GSocket> socket_;
  const Deadlines deadlines_;
  Downloads& downloads_;   ///< May be gone when the connection is.
  RouteTimes& times_;      ///< Likewise.
  IdleConnections& idle_;  ///< Likewise.
  const int64_t begun_ns_ = monotonic_ns();
  glib::Timer timer_;
  size_t max_body_bytes_;
  size_t received_bytes_ = 0;
  bool is_answered_ = false;
  bool is_paused_ = false;
  bool is_connected_ = true;
  bool keeps_connection_ = false;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::weak_ptr<Pending> pending_;
  ClientWatch watch_;
  Upgrade upgrade_;  ///< Or what writes the body.
  std::unique_ptr<Download> download_;
};

}  // namespace veche::http
