// SPDX-License-Identifier: Apache-2.0
// What the routes work with, and the functions that add them to the router.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "events/log.hpp"
#include "events/webhooks/webhooks.hpp"
#include "http/api/ice_servers.hpp"
#include "http/auth/auth.hpp"
#include "http/protocol/message.hpp"
#include "http/protocol/router.hpp"
#include "plugin/host.hpp"
#include "room/server.hpp"

namespace veche::http {

class ClientSockets;
class EventFollowers;

/// Lives as long as the HTTP server, and longer than the router whose handlers refer to it.
struct Api {
  room::Server& rooms;
  plugin::Host& plugins;
  veche::events::Log& events;
  veche::events::Webhooks& webhooks;
  Authenticator auth;
  std::vector<IceServer> ice_servers;
  ClientSockets& sockets;
  EventFollowers& followers;
  std::function<std::vector<std::string>()> addresses;
  const int64_t started_unix_ms;
  const int64_t started_ns;                 ///< On the clock of `rooms`, which never jumps.
  std::vector<std::string> restart_needed;  ///< Keys of the configuration.
  std::string viewer_script = {};           ///< RapiDoc; empty: GET /docs is a plain page.
  /// Posted tasks hold it weakly, and do nothing once this is gone.
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

void add_server_routes(Router& router, Api& api);
void add_plugin_routes(Router& router, Api& api);
void add_room_routes(Router& router, Api& api);
void add_participant_routes(Router& router, Api& api);
void add_trace_routes(Router& router, Api& api);
void add_session_routes(Router& router, Api& api);
void add_whip_routes(Router& router, Api& api);
void add_event_routes(Router& router, Api& api);
void add_event_log_routes(Router& router, Api& api);
void add_roster_routes(Router& router, Api& api);
void add_webhook_routes(Router& router, Api& api);
void add_action_routes(Router& router, Api& api);
/// After all others, which it describes.
void add_document_routes(Router& router, Api& api);
/// The text of a copy of RapiDoc; empty, with a line in the log, where there is none.
std::string read_viewer(const std::string& path);

/// What the request's path names. NotFound if there is none.
Result<room::Room*> find_room(Api& api, const Request& request);
Result<room::Participant*> find_participant(Api& api, const Request& request);

/// "/v1/rooms/{room}/participants/{participant}"
std::string path_of(const std::string& room, const std::string& participant);

/// A page of a map's keys: `limit` (1 to 100, default 50) of those that begin with `prefix` and
/// come after `cursor`.
struct Page {
  size_t limit = 50;
  std::string cursor;  ///< Empty: from the start.
  std::string prefix;
};
/// InvalidArgument says what is allowed.
Result<Page> page_of(const Request& request);

/// A parameter of the query that is "true", or else "false" or not there. InvalidArgument names it.
Result<bool> query_flag(const Request& request, const std::string& name);

}  // namespace veche::http
