// SPDX-License-Identifier: Apache-2.0
// The extension veche.http-routes/1: hands requests to the plugin, and returns its answers.
#pragma once

#include <veche/http_routes.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"
#include "plugin/http_routes.hpp"
#include "plugin/open_requests.hpp"

namespace veche::plugin {

/// [control] all of it.
class HttpRoutesAdapter final : public Adapter {
 public:
  using Table = veche_http_routes;
  static constexpr char kId[] = VECHE_EXT_HTTP_ROUTES;
  static constexpr bool kExclusive = false;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_http_routes, routes));
  static Status check(const veche_http_routes& table);
  static Result<std::unique_ptr<Adapter>> bind(const veche_http_routes& table,
                                               const Binding& binding);

  /// `name` is the plugin's in the configuration. Plugin, timers and requests outlive the adapter.
  HttpRoutesAdapter(std::string name, std::vector<HttpRoute> routes, veche_plugin* self,
                    OpenRequests& requests, HookTimers& timers);

  void describe(PluginInfo& info) const override;

  const std::vector<HttpRoute>& routes() const { return routes_; }
  /// Null if there is no such route.
  const HttpRoute* find(const std::string& method, const std::string& pattern) const;

  /// Asks the plugin for one of its routes. `answered` is called once: with the plugin's answer, or
  /// with a problem if it does not answer in time, fails or is stopped. Returns the number of the
  /// request for forget().
  uint64_t handle(const HttpRoute& route, const HttpRequest& request, uint32_t timeout_ms,
                  HttpAnswered answered);
  /// The client has gone: drops `answered`. The plugin's answer comes too late.
  void forget(uint64_t request) { requests_.forget(request); }

 private:
  const std::string name_;
  const std::vector<HttpRoute> routes_;
  veche_plugin* const self_;
  OpenRequests& requests_;
  HookTimer& handle_;
};

}  // namespace veche::plugin
