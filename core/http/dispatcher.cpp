// SPDX-License-Identifier: Apache-2.0
// The checks before a handler runs.
#include "http/dispatcher.hpp"

#include <algorithm>
#include <cassert>

#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

constexpr char kBearer[] = "Bearer ";

bool is_api_path(const std::string& path) { return path == "/v1" || path.rfind("/v1/", 0) == 0; }

Conditions conditions_of(const Exchange& exchange) {
  return {.if_match = exchange.request_header("If-Match"),
          .if_none_match = exchange.request_header("If-None-Match"),
          .if_modified_since = exchange.request_header("If-Modified-Since"),
          .if_unmodified_since = exchange.request_header("If-Unmodified-Since"),
          .if_range = exchange.request_header("If-Range"),
          .range = exchange.request_header("Range")};
}

Response preflight(const std::string& allow, bool is_cross_origin) {
  Response response = no_content();
  response.header("Allow", allow);
  if (is_cross_origin) {
    response.header("Access-Control-Allow-Methods", allow);
    response.header("Access-Control-Allow-Headers",
                    "Authorization, Content-Type, If-Match, If-None-Match, If-Range, Range");
    response.header("Access-Control-Max-Age", "600");
  }
  return response;
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
                       std::vector<std::string> cors_origins, Route pages)
    : router_(router), plugins_(plugins), auth_(auth) {
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
      "Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, Location, Retry-After");
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

bool Dispatcher::authenticate(Exchange& exchange) const {
  const Route& route = *exchange.route;
  if (route.access == Access::Anybody) return true;
  Request& request = exchange.request;
  const std::string header = exchange.request_header("Authorization");
  std::string credential;
  if (g_ascii_strncasecmp(header.c_str(), kBearer, sizeof kBearer - 1) == 0) {
    credential = header.substr(sizeof kBearer - 1);
  } else if (route.takes_query_token) {
    credential = request.query_value("access_token");
  }
  if (credential.empty()) {
    exchange.respond(problem(401, "Send Authorization: Bearer with an API key or a join token."));
    return false;
  }
  Result<Principal> caller = auth_.authenticate(credential, unix_ms() / 1000);
  if (!caller) {
    exchange.respond(problem(caller.error()));
    return false;
  }
  const auto param = [&](const char* name) {
    const auto found = request.params.find(name);
    return found == request.params.end() ? std::string() : found->second;
  };
  const Status reached = authorize(*caller, route.access, param("room"), param("participant"));
  if (!reached) {
    exchange.respond(problem(reached.error()));
    return false;
  }
  request.caller = std::make_shared<const Principal>(std::move(*caller));
  return true;
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
  request.method = sent_method == "HEAD" ? "GET" : sent_method;
  request.path = g_uri_get_path(soup_server_message_get_uri(message));
  request.query = query;
  const char* raw_query = g_uri_get_query(soup_server_message_get_uri(message));
  request.raw_query = raw_query ? raw_query : "";
  request.accept = exchange.request_header("Accept");

  const bool is_cross_origin = add_cors_headers(exchange);
  Result<Match> match = find(request.method, request.path);
  if (!match) return exchange.respond(problem(match.error()));
  if (match->allowed.empty()) return exchange.respond(problem(404, "There is no such resource."));
  const std::string allow = allow_header(match->allowed);
  if (request.method == "OPTIONS") return exchange.respond(preflight(allow, is_cross_origin));
  if (!match->route) {
    return exchange.respond(
        problem(405, "The allowed methods are " + allow + ".").header("Allow", allow));
  }
  exchange.route = std::move(match->route);
  request.params = std::move(match->params);
  if (!authenticate(exchange)) return;
  const BodyRule& rule = rule_of(exchange.route->body);
  if (auto refused = refuse_type(exchange, rule)) return exchange.respond(*refused);
  exchange.limit_body(rule.max_bytes);
}

void Dispatcher::on_body(Exchange& exchange) {
  assert(is_on_control());
  if (exchange.is_answered() || !exchange.route) return;
  exchange.request.body = exchange.body();
  exchange.handle(exchange.route->handler);
}

}  // namespace veche::http
