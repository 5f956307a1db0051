// SPDX-License-Identifier: Apache-2.0
// The server's own metrics: the layers that count fill them in, the exporters read them.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>

#include "base/histogram.hpp"

namespace veche {

struct MetricLabel {
  const char* name;
  std::string_view value;
};

/// The present value of one metric. Everything is borrowed for the duration of the call.
struct MetricSample {
  enum class Kind : uint8_t { Counter = 1, Gauge, Histogram };

  Kind kind = Kind::Counter;
  const char* name = "";  ///< Follows Prometheus' conventions, the base unit last.
  const char* help = "";
  double scale = 1;  ///< From the integers here to the unit of the name: 1e-9 for ns in seconds.
  int64_t value = 0;
  const HistogramReading* histogram = nullptr;
  /// Label values come from a set that is fixed when the server starts, never from a room or a
  /// name.
  std::span<const MetricLabel> labels;
};

/// Takes metrics one by one; those with the same name follow each other. [control]
class MetricSink {
 public:
  using Labels = std::initializer_list<MetricLabel>;
  explicit MetricSink(std::function<void(const MetricSample&)> put) : put_(std::move(put)) {}

  void counter(const char* name, const char* help, uint64_t value, Labels labels = {},
               double scale = 1) {
    put(MetricSample::Kind::Counter, name, help, static_cast<int64_t>(value), labels, scale);
  }
  void gauge(const char* name, const char* help, int64_t value, Labels labels = {},
             double scale = 1) {
    put(MetricSample::Kind::Gauge, name, help, value, labels, scale);
  }
  void histogram(const char* name, const char* help, const HistogramReading& reading, double scale,
                 Labels labels = {}) {
    put_({MetricSample::Kind::Histogram,
          name,
          help,
          scale,
          reading.sum,
          &reading,
          {labels.begin(), labels.size()}});
  }

  static constexpr double kNs = 1e-9;  ///< The scale of a value counted in ns and named in seconds.

 private:
  void put(MetricSample::Kind kind, const char* name, const char* help, int64_t value,
           Labels labels, double scale) {
    put_({kind, name, help, scale, value, nullptr, {labels.begin(), labels.size()}});
  }

  const std::function<void(const MetricSample&)> put_;
};

}  // namespace veche
