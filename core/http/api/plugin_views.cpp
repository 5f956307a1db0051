// SPDX-License-Identifier: Apache-2.0
// Plugins as JSON: their state, routes, hooks and metrics.
#include "glib/shown.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

using glib::Fields;
using glib::shown;
using glib::shown_if;
using glib::shown_list;
using plugin::HookInfo;
using plugin::MetricInfo;
using plugin::PluginInfo;
using plugin::RouteInfo;

const char* kind_of(const MetricInfo& metric) {
  switch (metric.kind) {
    case VECHE_METRIC_GAUGE: return "gauge";
    case VECHE_METRIC_HISTOGRAM: return "histogram";
    default: return "counter";
  }
}

bool is_histogram(const MetricInfo& metric) { return metric.kind == VECHE_METRIC_HISTOGRAM; }

const Fields<MetricInfo>& metric_fields() {
  static const Fields<MetricInfo> fields{
      shown<MetricInfo>("name", "", &MetricInfo::name),
      shown<MetricInfo>("help", "", &MetricInfo::help),
      shown<MetricInfo>("kind", "", kind_of, R"("enum": ["counter", "gauge", "histogram"])"),
      shown<MetricInfo>("value", "Of a histogram: the sum.", &MetricInfo::value),
      shown_if(is_histogram, shown<MetricInfo>("bounds", "Of the buckets.", &MetricInfo::bounds)),
      shown_if(is_histogram, shown<MetricInfo>("counts", "In the buckets.", &MetricInfo::counts)),
  };
  return fields;
}

const Fields<RouteInfo>& route_fields() {
  static const Fields<RouteInfo> fields{
      shown<RouteInfo>("method", "", &RouteInfo::method),
      shown<RouteInfo>("pattern", "After /v1/plugins/{plugin}.", &RouteInfo::pattern),
      shown<RouteInfo>("summary", "", &RouteInfo::summary),
      shown<RouteInfo>(
          "access", "The scope that a caller needs.", &RouteInfo::access,
          R"("enum": ["read", "rooms", "admin", "metrics", "anybody", "room", "participant"])"),
  };
  return fields;
}

const Fields<HookInfo>& hook_fields() {
  static const Fields<HookInfo> fields{
      shown<HookInfo>("name", "", &HookInfo::name, R"("examples": ["selector.select"])"),
      shown<HookInfo>("calls", "", &HookInfo::calls),
      shown<HookInfo>("total_ns", "The time of all calls.", &HookInfo::total_ns),
      shown<HookInfo>("max_ns", "The longest call.", &HookInfo::max_ns),
      shown<HookInfo>("limit_ns", "A call that takes longer is slow; 0: there is no limit.",
                      &HookInfo::limit_ns),
      shown<HookInfo>("slow", "Calls that took longer than the limit.", &HookInfo::slow),
      shown<HookInfo>("failures", "Calls that ended with an exception.", &HookInfo::failures),
  };
  return fields;
}

const Fields<PluginInfo>& plugin_fields() {
  static const Fields<PluginInfo> fields{
      shown<PluginInfo>("name", "Its name in the configuration and in paths.", &PluginInfo::name),
      shown<PluginInfo>("id", "", &PluginInfo::id, R"("examples": ["org.example.stage"])"),
      shown<PluginInfo>("version", "", &PluginInfo::version),
      shown<PluginInfo>("license", "", &PluginInfo::license),
      shown<PluginInfo>("summary", "", &PluginInfo::summary),
      shown<PluginInfo>("path", "Of its library.", &PluginInfo::path),
      shown<PluginInfo>(
          "state", "hanging: one of its calls has not returned for 2 s.", &PluginInfo::state,
          R"("enum": ["running", "hanging", "failed", "disabling", "disabled", "stopped"])"),
      shown<PluginInfo>("error", "Why it failed, or which call hangs.", &PluginInfo::error),
      shown<PluginInfo>("required", "Does the server start only with it?", &PluginInfo::required),
      shown<PluginInfo>("serves_metrics", "Is its route GET /metrics the server's?",
                        &PluginInfo::serves_metrics),
      shown<PluginInfo>("offers", "The extensions that it offers.", &PluginInfo::offers),
      shown_list<PluginInfo>("routes", "While it runs.", route_fields(), &PluginInfo::routes),
      shown_list<PluginInfo>("hooks", "What the server calls.", hook_fields(), &PluginInfo::hooks),
      shown_list<PluginInfo>("metrics", "While it runs.", metric_fields(), &PluginInfo::metrics),
      shown<PluginInfo>("bad_verdicts", "Verdicts that the server overruled.",
                        &PluginInfo::bad_verdicts),
      shown<PluginInfo>("bad_decisions",
                        "Values in decisions of controllers that the server corrected.",
                        &PluginInfo::bad_decisions),
      shown<PluginInfo>("wrong_thread", "Calls on threads where they must not be made.",
                        &PluginInfo::wrong_thread),
      {"config_schema",
       R"({"type": ["object", "null"], "additionalProperties": true,
           "description": "The JSON Schema of its configuration; null: it has none."})",
       nullptr,
       [](glib::JsonWriter& json, const PluginInfo& plugin) {
         // Without a schema there is no text, which raw() makes null.
         json.raw(plugin.config_schema);
       }},
  };
  return fields;
}

}  // namespace

std::string plugin_schema() {
  return glib::shown_schema(R"(, "title": "Plugin")", plugin_fields());
}

void write_plugin(glib::JsonWriter& json, const PluginInfo& plugin) {
  glib::write_object(json, plugin_fields(), plugin);
}

}  // namespace veche::http
