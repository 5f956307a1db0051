// SPDX-License-Identifier: Apache-2.0
// The HTTP control API: listens, authenticates, routes. See docs/http-api.md.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/metric.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "events/log.hpp"
#include "events/webhooks/webhooks.hpp"
#include "glib/control_loop.hpp"
#include "http/api/ice_servers.hpp"
#include "http/api/request_limits.hpp"
#include "http/auth/auth.hpp"
#include "http/connection/connection_limit.hpp"
#include "http/connection/deadlines.hpp"
#include "http/connection/tls.hpp"
#include "http/protocol/client_address.hpp"
#include "plugin/host.hpp"
#include "room/server.hpp"

namespace veche::http {

struct Settings {
  std::vector<std::string> listen{"127.0.0.1:8080"};
  std::vector<std::string> cors_origins;
  TlsFiles tls;
  std::string static_dir;  ///< Served at "/"; empty: nothing.
  std::string api_page;    ///< A copy of RapiDoc for GET /docs; empty: a plain page.
  std::vector<ApiKey> keys;
  std::vector<SigningKey> signing_keys;  ///< Of join tokens; the first one signs.
  std::vector<IceServer> ice_servers;
  Deadlines deadlines;
  RateLimits limits;
  ConnectionLimits connections;
  std::vector<std::string> trusted_proxies;  ///< IP addresses and prefixes.
  ForwardedField forwarded_field = ForwardedField::XForwardedFor;
  RequestLimits::Clock clock = monotonic_ns;  ///< Of the limits; tests use their own.
};

/// [control] all of it.
class Server {
 public:
  /// Internal with the address and the reason if it cannot listen. All references outlive the
  /// server.
  static Result<std::unique_ptr<Server>> start(glib::ControlLoop& loop, const Settings& settings,
                                               room::Server& rooms, plugin::Host& plugins,
                                               events::Log& events, events::Webhooks& webhooks);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes new keys, origins, ICE servers, pages, limits, proxies and certificate while serving:
  /// all or nothing. Ends WebSockets and event streams of callers whose key is gone. The addresses
  /// stay, and TLS can be neither added nor removed.
  Status use(const Settings& settings);
  /// Keys of the configuration whose new values wait for a restart, for GET /v1/server.
  void set_restart_needed(std::vector<std::string> keys);

  /// "http://127.0.0.1:8080", with the real port if 0 was asked for.
  std::vector<std::string> addresses() const;
  /// Ends event streams once their readers have got all events that were appended until now. A
  /// reader or a disk that stalls may take its time: whether all have ended is to be asked.
  void finish_events();
  bool has_finished_events() const;
  /// Times of requests.
  void put_metrics(MetricSink& sink) const;

 private:
  class State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace veche::http
