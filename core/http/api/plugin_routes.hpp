// SPDX-License-Identifier: Apache-2.0
// Requests for the routes of plugins: below /v1/plugins/{name}/, and /metrics by grant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/protocol/router.hpp"
#include "plugin/host.hpp"

namespace veche::http {

/// Stands for the pattern of every route of a plugin.
inline constexpr char kPluginPattern[] = "/v1/plugins/{plugin}/*";

/// [control] Asks the host again for each request: plugins stop and start while the server runs.
class PluginRoutes {
 public:
  /// `answer_ms`: a request without an answer by then gets 504. The host outlives this.
  PluginRoutes(const plugin::Host& plugins, uint32_t answer_ms)
      : plugins_(plugins), answer_ms_(answer_ms) {}

  /// As Router::match(). The route's handler does not refer to this.
  Result<Match> match(const std::string& method, const std::string& path) const;

 private:
  Result<Match> match_metrics(const std::string& method) const;

  const plugin::Host& plugins_;
  const uint32_t answer_ms_;
};

}  // namespace veche::http
