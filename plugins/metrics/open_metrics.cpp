// SPDX-License-Identifier: Apache-2.0
// The text format of OpenMetrics 1.0, which prometheus-cpp does not write. Without exemplars.
#include "metrics/open_metrics.hpp"

#include <charconv>
#include <cmath>

namespace veche::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

/// The shortest text that reads back as the same number. Whole numbers get ".0" for the name of a
/// bucket.
std::string number(double value, bool is_bound = false) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text(buffer, end);
  if (is_bound && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

class Writer {
 public:
  std::string take() {
    text_ += "# EOF\n";
    return std::move(text_);
  }

  void write(const MetricFamily& family) {
    name_ = family.name;
    // A counter's family is named without the suffix that its samples have.
    if (family.type == MetricType::Counter && name_.ends_with(kCounterSuffix)) {
      name_.resize(name_.size() - kCounterSuffix.size());
    }
    text_ += "# TYPE " + name_ + " " + type_name(family.type) + "\n";
    text_ += "# HELP " + name_ + " " + escaped(family.help) + "\n";
    for (const ClientMetric& metric : family.metric) write(family.type, metric);
  }

 private:
  static const char* type_name(MetricType type) {
    switch (type) {
      case MetricType::Counter: return "counter";
      case MetricType::Gauge: return "gauge";
      case MetricType::Histogram: return "histogram";
      default: return "unknown";
    }
  }

  void write(MetricType type, const ClientMetric& metric) {
    switch (type) {
      case MetricType::Counter:
        return sample(kCounterSuffix, metric, "", number(metric.counter.value));
      case MetricType::Gauge: return sample("", metric, "", number(metric.gauge.value));
      case MetricType::Histogram: return write_histogram(metric);
      default: return sample("", metric, "", number(metric.untyped.value));
    }
  }

  void write_histogram(const ClientMetric& metric) {
    const ClientMetric::Histogram& histogram = metric.histogram;
    bool has_infinity = false;
    for (const ClientMetric::Bucket& bucket : histogram.bucket) {
      has_infinity = std::isinf(bucket.upper_bound);
      sample("_bucket", metric, number(bucket.upper_bound, true),
             std::to_string(bucket.cumulative_count));
    }
    const std::string count = std::to_string(histogram.sample_count);
    if (!has_infinity) sample("_bucket", metric, "+Inf", count);
    sample("_sum", metric, "", number(histogram.sample_sum));
    sample("_count", metric, "", count);
  }

  void sample(std::string_view suffix, const ClientMetric& metric, const std::string& bound,
              const std::string& value) {
    text_.append(name_).append(suffix);
    std::string labels;
    for (const ClientMetric::Label& label : metric.label) {
      labels += (labels.empty() ? "" : ",") + label.name + "=\"" + escaped(label.value) + "\"";
    }
    if (!bound.empty()) labels += (labels.empty() ? "" : ",") + ("le=\"" + bound + "\"");
    if (!labels.empty()) text_ += "{" + labels + "}";
    text_ += " " + value + "\n";
  }

  std::string text_, name_;
};

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Takes the text before the next separator.
std::string_view take_part(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view part = trimmed(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

/// From 0 to 1; 1 without a q, 0 if it is not a number.
double quality(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = take_part(parameters, ';');
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
    double value = 0;
    const std::string_view digits = parameter.substr(2);
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  return 1;
}

}  // namespace

std::string to_open_metrics(const std::vector<MetricFamily>& families) {
  Writer writer;
  for (const MetricFamily& family : families) writer.write(family);
  return writer.take();
}

bool prefers_open_metrics(std::string_view accept) {
  double open = 0, text = 0;
  while (!accept.empty()) {
    std::string_view parameters = take_part(accept, ',');
    const std::string_view type = take_part(parameters, ';');
    if (type == "application/openmetrics-text") open = std::max(open, quality(parameters));
    if (type == "text/plain") text = std::max(text, quality(parameters));
  }
  return open > 0 && open >= text;
}

}  // namespace veche::metrics
