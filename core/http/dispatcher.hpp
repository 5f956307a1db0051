// SPDX-License-Identifier: Apache-2.0
// What happens to every request, in order: cross-origin rules, route, caller, limits, handler.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/api/idempotent_requests.hpp"
#include "http/api/plugin_routes.hpp"
#include "http/auth/auth.hpp"
#include "http/connection/exchange.hpp"
#include "http/protocol/router.hpp"
#include "http/request_gate.hpp"
#include "room/server.hpp"

namespace veche::http {

/// [control] all of it.
class Dispatcher {
 public:
  /// `pages` answers all paths outside the API; its handler may be null. All references outlive
  /// this.
  Dispatcher(const Router& router, const PluginRoutes& plugins, const Authenticator& auth,
             room::Server& rooms, RequestGate& gate, IdempotentRequests& idempotent,
             std::vector<std::string> cors_origins, Route pages);
  /// For requests that begin from now on.
  void use(std::vector<std::string> cors_origins, Route pages);

  /// Once the headers have come: refuses what it can, so that the body need not be kept.
  void on_headers(Exchange& exchange, const std::map<std::string, std::string>& query);
  /// Once the body has come too.
  void on_body(Exchange& exchange);

 private:
  /// Adds the CORS headers; false if the request has no other origin, or one that is not allowed.
  bool add_cors_headers(Exchange& exchange) const;
  Result<Match> find(const std::string& method, const std::string& path) const;
  /// Sets the caller, or refuses.
  std::optional<Response> authenticate(const Exchange& exchange, Request& request) const;
  std::optional<Response> refuse_revoked(const Principal& caller) const;
  /// Refuses a caller whose credential has ended since the headers came.
  std::optional<Response> refuse_by_now(const Request& request) const;

  const Router& router_;
  const PluginRoutes& plugins_;
  const Authenticator& auth_;
  room::Server& rooms_;
  RequestGate& gate_;
  IdempotentRequests& idempotent_;
  std::vector<std::string> cors_origins_;
  std::shared_ptr<const Route> pages_;
};

}  // namespace veche::http
