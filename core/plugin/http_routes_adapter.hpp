// SPDX-License-Identifier: Apache-2.0
// The extension veche.http-routes/1: hands requests to the plugin, and its answers back.
#pragma once

#include <veche/http_routes.h>

#include <string>
#include <vector>

#include "plugin/hook_timer.hpp"
#include "plugin/http_routes.hpp"
#include "plugin/open_requests.hpp"

namespace veche::plugin {

/// [control] all of it.
class HttpRoutesAdapter {
 public:
  /// `name` is the plugin's in the configuration. Plugin, timers and requests outlive the adapter.
  HttpRoutesAdapter(std::string name, std::vector<HttpRoute> routes, veche_plugin* self,
                    OpenRequests& requests, HookTimers& timers);

  const std::vector<HttpRoute>& routes() const { return routes_; }
  /// Null if there is no such route.
  const HttpRoute* find(const std::string& method, const std::string& pattern) const;

  /// Asks the plugin for one of its routes. `answered` is called once: with the plugin's answer, or
  /// with the problem that there was none in time, or that the plugin failed or was stopped.
  /// Returns what forget() takes.
  uint64_t handle(const HttpRoute& route, const HttpRequest& request, uint32_t timeout_ms,
                  HttpAnswered answered);
  /// The client has gone: `answered` is let go of, and the plugin's answer comes too late.
  void forget(uint64_t request) { requests_.forget(request); }

 private:
  const std::string name_;
  const std::vector<HttpRoute> routes_;
  veche_plugin* const self_;
  OpenRequests& requests_;
  HookTimer& handle_;
};

}  // namespace veche::plugin
