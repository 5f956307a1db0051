// SPDX-License-Identifier: Apache-2.0
// Reads what plugins say about their routes, which the host checked when it loaded them.
#include "http/api/plugin_operations.hpp"

#include <set>

#include "glib/json_node.hpp"
#include "plugin/http_routes_adapter.hpp"

namespace veche::http {
namespace {

using glib::member;
using plugin::HttpRoute;

/// "GET", "/rooms/{room}/stage" -> "getRoomsRoomStage"
std::string camel_case(const std::string& method, const std::string& pattern) {
  std::string name;
  for (const char c : method) name += g_ascii_tolower(c);
  bool is_first = true;
  for (const char c : pattern) {
    if (g_ascii_isalnum(c)) name += is_first ? g_ascii_toupper(c) : c;
    is_first = !g_ascii_isalnum(c);
  }
  return name;
}

std::vector<Outcome> outcomes_of(const std::string& responses) {
  std::vector<Outcome> outcomes;
  const Result<glib::JsonPtr> object = glib::parse_json(responses);
  if (!object) return outcomes;
  for (const std::string& status : glib::names_of(object->get())) {
    JsonNode* response = member(object->get(), status.c_str());
    JsonNode* description = member(response, "description");
    JsonNode* schema = member(response, "schema");
    Outcome outcome{std::stoi(status), description ? json_node_get_string(description) : "",
                    schema ? glib::to_text(schema) : "", ""};
    const std::vector<JsonNode*> types = glib::elements_of(member(response, "content_types"));
    for (JsonNode* type : types) {
      outcome.content_type = json_node_get_string(type);
      outcomes.push_back(outcome);
    }
    if (types.empty()) outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

Route described(const std::string& plugin, const HttpRoute& route) {
  Operation operation{.tag = plugin,
                      .id = plugin + "." + camel_case(route.method, route.pattern.text()),
                      .summary = route.row->summary,
                      .outcomes = outcomes_of(route.responses),
                      .problems = {504},
                      .query = route.query_schema,
                      .is_plugins = true};
  // The document's summaries have no full stop.
  if (!operation.summary.empty() && operation.summary.back() == '.') operation.summary.pop_back();
  if (route.body_schema) operation.body = glib::to_text(route.body_schema->root());
  return {.method = route.method,
          .pattern = "/v1/plugins/" + plugin + route.pattern.text(),
          .access = access_of(route.row->access),
          .body = route.body_schema ? BodyKind::SmallJson : BodyKind::Nothing,
          .operation = std::move(operation)};
}

void add_metrics(const plugin::Host& host, const std::string& plugin, const HttpRoute& route,
                 std::vector<Route>& to) {
  Route metrics = described(plugin, route);
  metrics.pattern = plugin::kMetricsPattern;
  metrics.operation.id = "getMetrics";
  metrics.access = host.metrics_are_public() ? Access::Anybody : Access::ReadMetrics;
  to.push_back(std::move(metrics));
}

}  // namespace

Access access_of(uint32_t access) {
  switch (access) {
    case VECHE_ACCESS_READ: return Access::ReadRooms;
    case VECHE_ACCESS_ROOMS: return Access::WriteRooms;
    case VECHE_ACCESS_METRICS: return Access::ReadMetrics;
    case VECHE_ACCESS_ANYBODY: return Access::Anybody;
    case VECHE_ACCESS_ROOM: return Access::ReadRoster;
    case VECHE_ACCESS_PARTICIPANT: return Access::UseParticipant;
    default: return Access::Administer;
  }
}

std::vector<Route> plugin_operations(const plugin::Host& host) {
  std::vector<Route> all;
  std::set<std::string> ids;
  for (const std::string& name : host.plugins_with_routes()) {
    const plugin::HttpRoutesAdapter& adapter = *host.http_routes(name);
    for (const HttpRoute& route : adapter.routes()) {
      all.push_back(described(name, route));
      std::string& id = all.back().operation.id;
      // "/a/{b}" and "/a/b" are called the same.
      while (!ids.insert(id).second) id += "_";
    }
    const HttpRoute* metrics = adapter.find("GET", plugin::kMetricsPattern);
    if (metrics && host.metrics_plugin() == name) add_metrics(host, name, *metrics, all);
  }
  return all;
}

}  // namespace veche::http
