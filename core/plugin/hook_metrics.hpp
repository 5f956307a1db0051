// SPDX-License-Identifier: Apache-2.0
// The time that plugins' hooks take, as metrics.
#pragma once

#include <memory>
#include <vector>

#include "base/metric.hpp"
#include "plugin/plugin_instance.hpp"

namespace veche::plugin {

/// [control] For all instances; failed ones have no hooks.
void put_hook_metrics(MetricSink& sink,
                      const std::vector<std::shared_ptr<PluginInstance>>& instances);

}  // namespace veche::plugin
