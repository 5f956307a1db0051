// SPDX-License-Identifier: Apache-2.0
// The resources that this process uses, and its build, as metrics.
#pragma once

#include "base/metric.hpp"

namespace veche::main {

/// [control]
void put_process_metrics(MetricSink& sink);

}  // namespace veche::main
