// SPDX-License-Identifier: Apache-2.0
// What this process takes of the machine, and which build it is, as metrics.
#pragma once

#include "base/metric.hpp"

namespace veche::main {

/// [control]
void put_process_metrics(MetricSink& sink);

}  // namespace veche::main
