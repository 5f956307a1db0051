// SPDX-License-Identifier: Apache-2.0
// State that the services of all plugins share.
#pragma once

#include <functional>
#include <vector>

#include "base/metric.hpp"

namespace veche::room {
class Server;
}

namespace veche::plugin {

class MetricSet;

/// [control] Outlives all services.
struct Surroundings {
  room::Server* rooms = nullptr;              ///< Null until the server listens.
  std::vector<const MetricSet*> metric_sets;  ///< Of the plugins that run.
  /// Shows the server's own; null until the server listens.
  std::function<void(MetricSink&)> server_metrics;
};

}  // namespace veche::plugin
