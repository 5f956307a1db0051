// SPDX-License-Identifier: Apache-2.0
// The time that plugins' hooks take, as metrics.
#include "plugin/hook_metrics.hpp"

namespace veche::plugin {

void put_hook_metrics(MetricSink& sink,
                      const std::vector<std::shared_ptr<PluginInstance>>& instances) {
  const auto each = [&](const char* name, const char* help, uint64_t (HookTimer::*read)() const,
                        double scale) {
    for (const auto& instance : instances) {
      if (!instance) continue;
      for (const HookTimer& hook : instance->timers()) {
        sink.counter(name, help, (hook.*read)(),
                     {{"plugin", instance->candidate().request.name}, {"hook", hook.name()}},
                     scale);
      }
    }
  };
  each("veche_hook_calls_total", "Calls of a plugin's hook", &HookTimer::calls, 1);
  each("veche_hook_seconds_total", "Time spent in a plugin's hook", &HookTimer::total_ns,
       MetricSink::kNs);
  each("veche_hook_slow_calls_total", "Calls that took longer than they may", &HookTimer::slow, 1);
  each("veche_hook_failures_total", "Calls that ended with an exception", &HookTimer::failures, 1);
}

}  // namespace veche::plugin
