// SPDX-License-Identifier: Apache-2.0
// The glue: routes, the timer of the history, and the time that scrapes take.
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <veche/plugin.hpp>

#include "metrics/dashboard_page.hpp"
#include "metrics/families.hpp"
#include "metrics/history.hpp"
#include "metrics/open_metrics.hpp"

namespace {

constexpr char kSchema[] = R"({
  "type": "object",
  "properties": {
    "history_s": {
      "type": "integer", "minimum": 10, "maximum": 3600, "default": 300,
      "description": "How many seconds the history reaches back; each takes 152 bytes."
    }
  }
})";

class Metrics {
 public:
  static constexpr veche::Info kInfo{
      .id = "org.veche.metrics",
      .version = "0.1.0",
      .license = "Apache-2.0",
      .summary = "Exports what the server counts, for Prometheus and as a short history.",
      .schema = kSchema,
      .needs = {VECHE_HOST_METRICS, VECHE_HOST_CONFIG, VECHE_HOST_LOOP}};

  explicit Metrics(veche::Host host)
      : host_(std::move(host)),
        history_(static_cast<size_t>(host_.config<int64_t>("/history_s"))) {}

  void start() {
    host_.every(1000, [this] { remember(); });
  }

  veche::Reply scrape(const veche::Request& request) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<prometheus::MetricFamily> families = collect();
    const bool open = veche::metrics::prefers_open_metrics(request.accept);
    veche::Reply reply;
    reply.status = 200;
    reply.content_type = open ? veche::metrics::kOpenMetricsType : veche::metrics::kPrometheusType;
    reply.body = open ? veche::metrics::to_open_metrics(families)
                      : prometheus::TextSerializer().Serialize(families);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    duration_.Observe(took.count());
    return reply;
  }

  veche::Reply history(const veche::Request&) { return veche::Reply::json(history_.json()); }

  veche::Reply dashboard(const veche::Request&) {
    return {200, veche::metrics::kDashboardPage, "text/html; charset=utf-8", ""};
  }

  static constexpr veche::Route<Metrics> kRoutes[] = {
      {"GET", "/metrics", VECHE_ACCESS_METRICS, "What the server counts, for Prometheus",
       &Metrics::scrape, nullptr,
       R"({"200": {"description": "In the format that Accept prefers.",)"
       R"( "content_types": ["text/plain", "application/openmetrics-text"]}})"},
      {"GET", "/history", VECHE_ACCESS_READ, "The last minutes, one row a second",
       &Metrics::history, nullptr,
       R"({"200": {"description": "The oldest row first.", "schema": {"type": "object",)"
       R"( "required": ["interval_s", "seconds", "columns"], "properties": {)"
       R"("interval_s": {"type": "integer"}, "seconds": {"type": "integer"},)"
       R"( "columns": {"type": "object", "additionalProperties": {"type": "array",)"
       R"( "items": {"type": ["number", "null"]}}}}}}})"},
      {"GET", "/dashboard", VECHE_ACCESS_ANYBODY, "A page that draws the history, with a key",
       &Metrics::dashboard, nullptr,
       R"({"200": {"description": "The page.", "content_types": ["text/html"]}})"},
  };

 private:
  std::vector<prometheus::MetricFamily> collect() {
    veche::metrics::Families families;
    const auto add = [&families](const veche_metric_info& metric) { families.add(metric); };
    host_.visit_server_metrics(add);
    host_.visit_plugin_metrics(add);
    std::vector<prometheus::MetricFamily> all = families.take();
    for (prometheus::MetricFamily& own : registry_.Collect()) all.push_back(std::move(own));
    return all;
  }

  template <class Time>
  static int64_t ms(Time time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  }

  void remember() {
    veche::metrics::Snapshot snapshot;
    const auto add = [&snapshot](const veche_metric_info& metric) { snapshot.add(metric); };
    host_.visit_server_metrics(add);
    host_.visit_plugin_metrics(add);
    history_.add(snapshot, ms(std::chrono::system_clock::now()),
                 ms(std::chrono::steady_clock::now()));
  }

  veche::Host host_;
  veche::metrics::History history_;
  prometheus::Registry registry_;
  prometheus::Histogram& duration_ =
      prometheus::BuildHistogram()
          .Name("veche_scrape_duration_seconds")
          .Help("Time that the control thread needed for a scrape")
          .Register(registry_)
          .Add({}, prometheus::Histogram::BucketBoundaries{0.0002, 0.0005, 0.001, 0.002, 0.005,
                                                           0.01, 0.02, 0.05});
};

}  // namespace

VECHE_EXPORT_PLUGIN(Metrics, veche::HttpRoutes);
