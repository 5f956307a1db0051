// SPDX-License-Identifier: Apache-2.0
// The server's own numbers, as those who count show them to those who export.
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

/// One of them as it is now. Everything is borrowed while it is shown.
struct MetricSample {
  enum class Kind : uint8_t { Counter = 1, Gauge, Histogram };

  Kind kind = Kind::Counter;
  const char* name = "";  ///< By the conventions of Prometheus, the base unit last.
  const char* help = "";
  double scale = 1;  ///< From the integers here to the unit of the name: 1e-9 for seconds of ns.
  int64_t value = 0;
  const HistogramReading* histogram = nullptr;
  /// Their values come from a set that is known when the server starts: never a room or a name.
  std::span<const MetricLabel> labels;
};

/// Takes metrics one by one; those of one name follow each other. [control]
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

  static constexpr double kNs = 1e-9;  ///< The scale of what is counted in ns and named in seconds.

 private:
  void put(MetricSample::Kind kind, const char* name, const char* help, int64_t value,
           Labels labels, double scale) {
    put_({kind, name, help, scale, value, nullptr, {labels.begin(), labels.size()}});
  }

  const std::function<void(const MetricSample&)> put_;
};

}  // namespace veche
