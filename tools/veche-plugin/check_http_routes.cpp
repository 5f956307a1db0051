// SPDX-License-Identifier: Apache-2.0
// The part of the kit that sends requests to a plugin's routes.
#include <optional>

#include "check.hpp"
#include "glib/json.hpp"
#include "plugin/http_routes_adapter.hpp"

namespace veche::tool {
namespace {

constexpr uint32_t kTimeoutMs = 5000;
constexpr int kRequests = 3;

/// A body that fits the schema; nothing if {} with defaults does not.
std::optional<std::string> make_body(const plugin::HttpRoute& route) {
  if (!route.body_schema) return "";
  auto body = glib::parse_json("{}");
  if (!route.body_schema->apply(body->get(), true).empty()) return {};
  return glib::to_text(body->get());
}

/// A request for an object that does not exist.
plugin::HttpRequest make_request(const plugin::HttpRoute& route, std::string body) {
  plugin::HttpRequest request;
  bool in_name = false;
  for (const char* c = route.row->pattern; *c; ++c) {
    if (*c == '{') request.params.emplace_back("no-such-name");
    if (*c == '{') request.path += request.params.back();
    in_name = *c == '{' || (in_name && *c != '}');
    if (!in_name && *c != '}') request.path += *c;
  }
  request.key_id = "check";
  request.body = std::move(body);
  return request;
}

/// What is wrong with the answers to some requests at once; "" if nothing is.
std::string ask(const Kit& kit, plugin::HttpRoutesAdapter& routes, const plugin::HttpRoute& route,
                const std::string& body) {
  int answered = 0;
  std::string fault;
  for (int i = 0; i < kRequests; ++i) {
    routes.handle(route, make_request(route, body), kTimeoutMs,
                  [&](const plugin::HttpAnswer& answer) {
                    ++answered;
                    if (answer.problem == "plugin-timeout") fault = "no answer within 5 s";
                    if (answer.problem == "plugin-failed") fault = "it failed: " + answer.body;
                  });
  }
  while (answered < kRequests) kit.loop.iterate(true);
  return fault;
}

}  // namespace

void check_http_routes(const Kit& kit) {
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (!instance.start()) return;
  auto* const routes = instance.find<plugin::HttpRoutesAdapter>();
  if (!routes) return;
  for (const plugin::HttpRoute& route : routes->routes()) {
    const std::string part = "route " + route.method + " " + route.row->pattern;
    kit.report.begin(part);
    const auto body = make_body(route);
    if (body) {
      kit.report.judge(part + ": is answered", ask(kit, *routes, route, *body));
    } else {
      kit.report.skip(part + ": no body can be made from its schema");
    }
  }
  instance.stop();
  kit.loop.iterate();
  check_hooks(kit, "routes", instance);
  check_log(kit, "routes");
}

}  // namespace veche::tool
