// SPDX-License-Identifier: Apache-2.0
// The text format of OpenMetrics 1.0, which prometheus-cpp does not write. Without exemplars.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace veche::metrics {

/// The name of each counter's value ends with it.
inline constexpr std::string_view kCounterSuffix = "_total";

inline constexpr char kOpenMetricsType[] =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";
inline constexpr char kPrometheusType[] = "text/plain; version=0.0.4; charset=utf-8";

std::string to_open_metrics(const std::vector<prometheus::MetricFamily>& families);

/// Whether a client with this header Accept (RFC 9110 section 12.5.1) prefers OpenMetrics to the
/// older text format, or likes both equally.
bool prefers_open_metrics(std::string_view accept);

}  // namespace veche::metrics
