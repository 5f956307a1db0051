// SPDX-License-Identifier: Apache-2.0
// Finds a plugin's route, checks the body, and turns the plugin's answer into a response.
#include "http/api/plugin_routes.hpp"

#include <algorithm>
#include <utility>

#include "glib/checked_json.hpp"
#include "http/api/plugin_operations.hpp"
#include "http/auth/auth.hpp"
#include "http/protocol/file_response.hpp"
#include "http/protocol/problem.hpp"
#include "plugin/http_routes_adapter.hpp"

namespace veche::http {
namespace {

constexpr std::string_view kPrefix = "/v1/plugins/";

/// How to find a plugin's route again: the plugin may stop while the body comes.
struct Target {
  const plugin::Host& plugins;
  std::string plugin;
  std::string method, pattern;
  std::string path;  ///< After the plugin's name.
  std::vector<std::string> params;
  uint32_t answer_ms;
};

Response response_of(const plugin::HttpAnswer& answer, const Conditions& conditions) {
  if (answer.file) return file_response(conditions, *answer.file, answer.content_type);
  const int status = static_cast<int>(answer.status);
  if (!answer.problem.empty()) {
    return to_response(problem_of_plugin(status, answer.problem, answer.body));
  }
  return {.status = status, .content_type = answer.content_type, .body = answer.body};
}

/// The body with defaults filled in; "" where the route takes none.
glib::Checked<std::string> read_body(const plugin::HttpRoute& route, const std::string& body) {
  if (!route.body_schema) return {};
  auto object = glib::parse_object(body.empty() ? "{}" : body, *route.body_schema);
  if (!object) return {"", std::move(object.problems)};
  return {glib::to_text(object.value.get()), {}};
}

void handle(const Target& target, const Request& request, const Reply& reply) {
  plugin::HttpRoutesAdapter* routes = target.plugins.http_routes(target.plugin);
  const plugin::HttpRoute* route = routes ? routes->find(target.method, target.pattern) : nullptr;
  if (!route) return reply(problem(503, "The plugin has stopped."));
  glib::Checked<std::string> body = read_body(*route, request.body);
  if (!body) return reply(problem(std::move(body.problems)));
  // Conditions apply to GET alone: other methods have done their work by now.
  const Conditions conditions = target.method == "GET" ? request.conditions : Conditions{};
  const JoinToken* token =
      request.caller && request.caller->token ? &*request.caller->token : nullptr;
  const uint64_t id = routes->handle(
      *route,
      {target.path, target.params, request.raw_query, request.caller ? request.caller->key_id : "",
       std::move(body.value), request.accept, token ? token->participant : ""},
      target.answer_ms, [reply, conditions](const plugin::HttpAnswer& answer) {
        reply(response_of(answer, conditions));
      });
  request.watch_client([&plugins = target.plugins, name = target.plugin, id] {
    if (plugin::HttpRoutesAdapter* running = plugins.http_routes(name)) running->forget(id);
  });
}

std::shared_ptr<const Route> make_route(Target target, Access access, BodyKind body) {
  // One pattern for all: RouteTimes counts by it.
  const char* pattern =
      target.path == plugin::kMetricsPattern ? plugin::kMetricsPattern : kPluginPattern;
  Route route{target.method, pattern, access, body, nullptr};
  route.handler = [target = std::move(target)](const Request& request, const Reply& reply) {
    handle(target, request, reply);
  };
  route.keeps_answers = true;  // A plugin's files are there after a restart.
  return std::make_shared<const Route>(std::move(route));
}

}  // namespace

Result<Match> PluginRoutes::match(const std::string& method, const std::string& path) const {
  if (path == plugin::kMetricsPattern) return match_metrics(method);
  Match match;
  if (path.rfind(kPrefix, 0) != 0) return match;
  const size_t end = path.find('/', kPrefix.size());
  if (end == std::string::npos) return match;
  const std::string name = path.substr(kPrefix.size(), end - kPrefix.size());
  const plugin::HttpRoutesAdapter* routes = plugins_.http_routes(name);
  if (!routes) return match;
  const std::string rest = path.substr(end);
  const glib::PathParts parts = glib::split_path(rest);
  for (const plugin::HttpRoute& route : routes->routes()) {
    if (!route.pattern.fits(parts)) continue;
    const bool is_new =
        std::find(match.allowed.begin(), match.allowed.end(), route.method) == match.allowed.end();
    if (is_new) match.allowed.push_back(route.method);
    if (route.method != method || match.route) continue;
    const auto names = route.pattern.names_in(parts);
    if (!names) return names.error();
    Target target{plugins_, name, method, route.pattern.text(), rest, {}, answer_ms_};
    for (const auto& [variable, value] : *names) {
      target.params.push_back(value);
      match.params.insert_or_assign(variable, value);  // Where a join token is good.
    }
    match.route = make_route(std::move(target), access_of(route.row->access),
                             route.body_schema ? BodyKind::SmallJson : BodyKind::Nothing);
  }
  return match;
}

Result<Match> PluginRoutes::match_metrics(const std::string& method) const {
  Match match;
  const std::string name = plugins_.metrics_plugin();
  if (name.empty() || !plugins_.http_routes(name)) return match;
  match.allowed = {"GET"};
  if (method != "GET") return match;
  const std::string pattern = plugin::kMetricsPattern;
  match.route = make_route({plugins_, name, method, pattern, pattern, {}, answer_ms_},
                           plugins_.metrics_are_public() ? Access::Anybody : Access::ReadMetrics,
                           BodyKind::Nothing);
  return match;
}

}  // namespace veche::http
