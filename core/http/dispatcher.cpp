// SPDX-License-Identifier: Apache-2.0
// The checks before a handler runs.
#include "http/dispatcher.hpp"

#include <algorithm>
#include <cassert>

#include "base/ids.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

bool is_api_path(const std::string& path) { return path == "/v1" || path.rfind("/v1/", 0) == 0; }

Conditions conditions_of(const Exchange& exchange) {
  return {.if_match = exchange.request_header("If-Match"),
          .if_none_match = exchange.request_header("If-None-Match"),
          .if_modified_since = exchange.request_header("If-Modified-Since"),
          .if_unmodified_since = exchange.request_header("If-Unmodified-Since"),
          .if_range = exchange.request_header("If-Range"),
          .range = exchange.request_header("Range")};
}

/// To OPTIONS. Accept-Post is of RFC 9725, Accept-Patch of RFC 5789.
Response preflight(const Match& match, bool is_cross_origin) {
  const std::string allow = allow_header(match.allowed);
  Response response = no_content();
  response.header("Allow", allow);
  if (!match.accept_post.empty()) response.header("Accept-Post", match.accept_post);
  if (!match.accept_patch.empty()) response.header("Accept-Patch", match.accept_patch);
  if (is_cross_origin) {
    response.header("Access-Control-Allow-Methods", allow);
    response.header("Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
                    "If-Range, Last-Event-ID, Range");
    response.header("Access-Control-Max-Age", "600");
  }
  return response;
}

/// Paths without a participant leave it to the join token, or else to the query. 400 if that is no
/// name, or nothing.
std::optional<Response> name_participant(Request& request) {
  const std::optional<JoinToken>& token = request.caller->token;
  std::string name = token ? token->participant : request.query_value("participant");
  if (name.empty()) return std::nullopt;
  if (!is_valid_name(name)) return problem(400, "There can be no participant of this name.");
  request.params.emplace("participant", std::move(name));
  return std::nullopt;
}

/// 415, or nothing. A request without a body needs no type.
std::optional<Response> refuse_type(const Exchange& exchange, const BodyRule& rule) {
  SoupMessageHeaders* headers = soup_server_message_get_request_headers(exchange.message());
  const SoupEncoding encoding = soup_message_headers_get_encoding(headers);
  const bool is_empty =
      encoding == SOUP_ENCODING_NONE || (encoding == SOUP_ENCODING_CONTENT_LENGTH &&
                                         soup_message_headers_get_content_length(headers) == 0);
  if (rule.content_types.empty() || is_empty) return std::nullopt;
  const char* type = soup_message_headers_get_content_type(headers, nullptr);
  const auto is_it = [&](std::string_view accepted) {
    return type && g_ascii_strcasecmp(type, std::string(accepted).c_str()) == 0;
  };
  if (std::any_of(rule.content_types.begin(), rule.content_types.end(), is_it)) return std::nullopt;
  return problem(415, "The Content-Type has to be " + std::string(rule.content_types[0]) + ".");
}

}  // namespace

Dispatcher::Dispatcher(const Router& router, const PluginRoutes& plugins, const Authenticator& auth,
                       room::Server& rooms, RequestGate& gate, IdempotentRequests& idempotent,
                       std::vector<std::string> cors_origins, Route pages)
    : router_(router),
      plugins_(plugins),
      auth_(auth),
      rooms_(rooms),
      gate_(gate),
      idempotent_(idempotent) {
  use(std::move(cors_origins), std::move(pages));
}

void Dispatcher::use(std::vector<std::string> cors_origins, Route pages) {
  assert(is_on_control());
  cors_origins_ = std::move(cors_origins);
  pages_ = std::make_shared<const Route>(std::move(pages));
}

bool Dispatcher::add_cors_headers(Exchange& exchange) const {
  if (cors_origins_.empty()) return false;
  exchange.add_header("Vary", "Origin");
  const std::string origin = exchange.request_header("Origin");
  const bool allowed = !origin.empty() && std::any_of(cors_origins_.begin(), cors_origins_.end(),
                                                      [&](const std::string& known) {
                                                        return known == "*" || known == origin;
                                                      });
  if (!allowed) return false;
  exchange.add_header("Access-Control-Allow-Origin", origin);
  exchange.add_header(
      "Access-Control-Expose-Headers",
      "Accept-Patch, Accept-Post, Accept-Ranges, Content-Disposition, Content-Range, ETag, "
      "Idempotency-Replayed, Link, "
      "Location, RateLimit, RateLimit-Policy, Retry-After, Veche-Instance");
  return true;
}

Result<Match> Dispatcher::find(const std::string& method, const std::string& path) const {
  Result<Match> match = router_.match(method, path);
  if (!match || !match->allowed.empty()) return match;
  match = plugins_.match(method, path);
  if (!match || !match->allowed.empty() || is_api_path(path) || !pages_->handler) return match;
  Match page;
  page.allowed = {pages_->method};
  if (method == pages_->method) page.route = pages_;
  return page;
}

std::optional<Response> Dispatcher::authenticate(const Exchange& exchange, Request& request) const {
  const Route& route = *exchange.route;
  if (route.access == Access::Anybody) return std::nullopt;
  const std::string bearer = bearer_of(exchange.request_header("Authorization"));
  const std::string in_url =
      route.takes_query_token && bearer.empty() ? request.query_value("access_token") : "";
  if (bearer.empty() && in_url.empty()) {
    return problem(401, "Send Authorization: Bearer with an API key or a join token.");
  }
  const int64_t now_ms = unix_ms();
  Result<Principal> caller =
      in_url.empty() ? auth_.authenticate(bearer, now_ms) : auth_.authenticate_url(in_url, now_ms);
  if (!caller) return problem(caller.error());
  const auto param = [&](const char* name) {
    const auto found = request.params.find(name);
    return found == request.params.end() ? std::string() : found->second;
  };
  const Status reached = authorize(*caller, route.access, param("room"), param("participant"));
  if (!reached) return problem(reached.error());
  if (caller->token) rooms_.revocations().saw(caller->token->issued_ms);
  request.caller = std::make_shared<const Principal>(std::move(*caller));
  if (auto refused = refuse_revoked(*request.caller)) return refused;
  return route.access == Access::EnterRoom ? name_participant(request) : std::nullopt;
}

std::optional<Response> Dispatcher::refuse_revoked(const Principal& caller) const {
  if (!caller.token) return std::nullopt;
  const JoinToken& token = *caller.token;
  const auto refusal = rooms_.revocations().refusal(token.room, token.participant, token.issued_ms);
  if (!refusal) return std::nullopt;
  if (*refusal == room::TokenRefusal::Outdated) {
    // In the room its permissions are those of now, whatever the token says: a client whose
    // connection fails gets back in.
    room::Room* room = rooms_.find_room(token.room);
    if (room && room->find(token.participant)) return std::nullopt;
  }
  return to_response(problem_of(*refusal));
}

std::optional<Response> Dispatcher::refuse_by_now(const Request& request) const {
  if (!request.caller) return std::nullopt;
  const Status good = auth_.check_again(*request.caller, unix_ms());
  return good ? refuse_revoked(*request.caller) : problem(good.error());
}

void Dispatcher::on_headers(Exchange& exchange, const std::map<std::string, std::string>& query) {
  assert(is_on_control());
  SoupServerMessage* message = exchange.message();
  const std::string sent_method = soup_server_message_get_method(message);
  Request& request = exchange.request;
  request.conditions = conditions_of(exchange);
  if (sent_method != "GET") request.conditions.range.clear();
  // libsoup would itself cut ranges out of responses, even overlapping ones (CVE-2025-32907).
  soup_message_headers_remove(soup_server_message_get_request_headers(message), "Range");
  request.wants_body = sent_method != "HEAD";
  request.method = request.wants_body ? sent_method : "GET";
  request.path = g_uri_get_path(soup_server_message_get_uri(message));
  request.query = query;
  const char* raw_query = g_uri_get_query(soup_server_message_get_uri(message));
  request.raw_query = raw_query ? raw_query : "";
  request.accept = exchange.request_header("Accept");
  request.last_event_id = exchange.request_header("Last-Event-ID");

  const bool is_cross_origin = add_cors_headers(exchange);
  Result<Match> match = find(request.method, request.path);
  if (!match) return exchange.respond(problem(match.error()));
  if (match->allowed.empty()) return exchange.respond(problem(404, "There is no such resource."));
  if (request.method == "OPTIONS") return exchange.respond(preflight(*match, is_cross_origin));
  if (!match->route) {
    const std::string allow = allow_header(match->allowed);
    return exchange.respond(
        problem(405, "The allowed methods are " + allow + ".").header("Allow", allow));
  }
  exchange.route = std::move(match->route);
  request.params = std::move(match->params);
  if (!gate_.admit_address(exchange)) return;
  if (auto refused = authenticate(exchange, request)) return exchange.respond(*refused);
  if (!gate_.admit_caller(exchange)) return;
  if (request.caller) {
    exchange.may_continue = [&auth = auth_, caller = request.caller] {
      return auth.has_key_of(*caller);
    };
  }
  const BodyRule& rule = rule_of(exchange.route->body);
  if (auto refused = refuse_type(exchange, rule)) return exchange.respond(*refused);
  exchange.limit_body(rule.max_bytes);
}

void Dispatcher::on_body(Exchange& exchange) {
  assert(is_on_control());
  if (exchange.is_answered() || !exchange.route) return;
  // A body may take seconds to come, and the caller may have been removed meanwhile.
  if (auto refused = refuse_by_now(exchange.request)) return exchange.respond(*refused);
  exchange.request.body = exchange.body();
  const std::string key = exchange.request_header("Idempotency-Key");
  const bool is_once = !key.empty() && exchange.request.caller && exchange.request.method == "POST";
  if (!is_once) return exchange.handle(exchange.route->handler);
  exchange.handle(idempotent_.handler_of(*exchange.route, exchange.request, key));
}

}  // namespace veche::http
