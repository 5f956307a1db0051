// SPDX-License-Identifier: Apache-2.0
// Passes a request to the plugin as a C struct.
#include "plugin/http_routes_adapter.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/services.hpp"

namespace veche::plugin {
namespace {

Error no_metrics_route() {
  return invalid("serves_metrics is set, but it has no route GET " + std::string(kMetricsPattern));
}

}  // namespace

Status HttpRoutesAdapter::check(const veche_http_routes& table) {
  const auto routes = read_http_routes(table);
  if (!routes) return routes.error();
  return Ok{};
}

Result<std::unique_ptr<Adapter>> HttpRoutesAdapter::bind(const veche_http_routes& table,
                                                         const Binding& binding) {
  auto routes = read_http_routes(table);
  if (!routes) return routes.error();
  auto adapter =
      std::make_unique<HttpRoutesAdapter>(binding.request.name, *std::move(routes), binding.self,
                                          binding.services.requests(), binding.timers);
  if (binding.request.serves_metrics && !adapter->find("GET", kMetricsPattern)) {
    return no_metrics_route();
  }
  return std::unique_ptr<Adapter>(std::move(adapter));
}

HttpRoutesAdapter::HttpRoutesAdapter(std::string name, std::vector<HttpRoute> routes,
                                     veche_plugin* self, OpenRequests& requests, HookTimers& timers)
    : name_(std::move(name)),
      routes_(std::move(routes)),
      self_(self),
      requests_(requests),
      handle_(timers.on_control("http_routes.handle")) {}

void HttpRoutesAdapter::describe(PluginInfo& info) const {
  for (const HttpRoute& route : routes_) {
    info.routes.push_back(
        {route.method, route.pattern.text(), route.row->summary, access_name(route.row->access)});
  }
}

const HttpRoute* HttpRoutesAdapter::find(const std::string& method,
                                         const std::string& pattern) const {
  const auto found = std::find_if(routes_.begin(), routes_.end(), [&](const HttpRoute& route) {
    return route.method == method && route.pattern.text() == pattern;
  });
  return found == routes_.end() ? nullptr : &*found;
}

uint64_t HttpRoutesAdapter::handle(const HttpRoute& route, const HttpRequest& request,
                                   uint32_t timeout_ms, HttpAnswered answered) {
  const uint64_t id = requests_.open(timeout_ms, std::move(answered));
  if (id == 0) return id;
  std::vector<const char*> params;
  for (const std::string& param : request.params) params.push_back(param.c_str());
  veche_http_request view{};
  view.struct_size = sizeof view;
  view.param_count = static_cast<uint32_t>(params.size());
  view.id = id;
  view.method = route.row->method;
  view.path = request.path.c_str();
  view.params = params.data();
  view.query = request.query.c_str();
  view.key_id = request.key_id.c_str();
  view.body = request.body.c_str();
  view.body_size = request.body.size();
  view.accept = request.accept.c_str();
  view.participant = request.participant.c_str();
  const auto done = call_hook(handle_, [&] { route.row->handle(self_, &view); });
  if (!done) {
    log::error(name_, done.error().message);
    requests_.answer(id, problem_answer(500, "plugin-failed", "The server's log says more."));
  }
  return id;
}

}  // namespace veche::plugin
