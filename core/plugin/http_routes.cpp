// SPDX-License-Identifier: Apache-2.0
// Checks the route table of a plugin, row by row.
#include "plugin/http_routes.hpp"

#include <glib.h>

#include <algorithm>
#include <string_view>

#include "glib/json_node.hpp"

namespace veche::plugin {
namespace {

constexpr uint32_t kMaxRoutes = 64;
/// A row ends with handle in interface 1.0; fields appended later are optional.
constexpr uint32_t kFirstRowSize =
    offsetof(veche_http_route, handle) + sizeof(veche_http_route::handle);

bool is_method(std::string_view method) {
  constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  return std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
}

Status check_row(const veche_http_route* row) {
  if (!row) return invalid("is null");
  if (row->struct_size < kFirstRowSize) {
    return invalid("has a struct_size of " + std::to_string(row->struct_size) + ", at least " +
                   std::to_string(kFirstRowSize) + " is needed");
  }
  if (!row->method || !is_method(row->method)) {
    return invalid("has an unknown method; known are GET, POST, PUT, PATCH and DELETE");
  }
  if (!row->pattern || !g_utf8_validate(row->pattern, -1, nullptr)) {
    return invalid("has no pattern in UTF-8");
  }
  if (!row->summary || !g_utf8_validate(row->summary, -1, nullptr)) {
    return invalid("has no summary in UTF-8");
  }
  if (access_name(row->access).empty()) {
    return invalid("has the access " + std::to_string(row->access) + "; use VECHE_ACCESS_*");
  }
  if (!row->handle) return invalid("has no handle: it is null");
  if (row->body_schema && std::string_view(row->method) == "GET") {
    return invalid("has a body_schema, but a GET takes no body");
  }
  return Ok{};
}

/// A join token opens what the pattern names.
Status check_names(uint32_t access, const glib::PathPattern& pattern) {
  const bool is_of_participant = access == VECHE_ACCESS_PARTICIPANT;
  if (access != VECHE_ACCESS_ROOM && !is_of_participant) return Ok{};
  if (!pattern.has_variable("room")) {
    return invalid("is for join tokens, but its pattern has no {room}");
  }
  if (is_of_participant && !pattern.has_variable("participant")) {
    return invalid("is for join tokens of a participant, but its pattern has no {participant}");
  }
  return Ok{};
}

/// What is wrong with one member of responses, or "".
std::string response_error(const std::string& status, JsonNode* response) {
  const bool is_status = status.size() == 3 && status[0] >= '2' && status[0] <= '5' &&
                         g_ascii_isdigit(status[1]) && g_ascii_isdigit(status[2]);
  if (!is_status) return "\"" + status + "\" is no status from 200 to 599";
  if (!glib::is_type(response, "object")) return status + " is no object";
  JsonNode* description = glib::member(response, "description");
  if (!description || !glib::is_type(description, "string")) return status + " has no description";
  JsonNode* schema = glib::member(response, "schema");
  if (schema && !glib::is_type(schema, "object"))
    return "the schema of " + status + " is no object";
  JsonNode* types = glib::member(response, "content_types");
  if (!types) return "";
  const bool is_list = glib::is_type(types, "array");
  const std::vector<JsonNode*> all = is_list ? glib::elements_of(types) : std::vector<JsonNode*>{};
  const bool are_texts = !all.empty() && std::all_of(all.begin(), all.end(), [](JsonNode* type) {
    return glib::is_type(type, "string");
  });
  return are_texts ? "" : "content_types of " + status + " is no list of texts";
}

std::string responses_error(const std::string& text) {
  const Result<glib::JsonPtr> responses = glib::parse_json(text);
  if (!responses) return responses.error().message;
  if (!glib::is_type(responses->get(), "object")) return "they are no object";
  for (const std::string& status : glib::names_of(responses->get())) {
    std::string error = response_error(status, glib::member(responses->get(), status.c_str()));
    if (!error.empty()) return error;
  }
  return "";
}

Result<HttpRoute> read_row(const veche_http_route* row) {
  if (auto checked = check_row(row); !checked) return checked.error();
  auto pattern = glib::PathPattern::parse(row->pattern);
  if (!pattern) return invalid("is refused: " + pattern.error().message);
  if (auto named = check_names(row->access, *pattern); !named) return named.error();
  HttpRoute route{row, row->method, std::move(*pattern), {}, {}, {}};
  if (row->body_schema) {
    auto schema = glib::JsonSchema::parse(row->body_schema);
    if (!schema) return invalid("has a body_schema that is refused: " + schema.error().message);
    route.body_schema = std::move(*schema);
  }
  if (VECHE_HAS(row, veche_http_route, query_schema) && row->query_schema) {
    route.query_schema = row->query_schema;
    auto schema = glib::JsonSchema::parse(route.query_schema);
    if (!schema) return invalid("has a query_schema that is refused: " + schema.error().message);
  }
  if (VECHE_HAS(row, veche_http_route, responses) && row->responses) {
    route.responses = row->responses;
    const std::string error = responses_error(route.responses);
    if (!error.empty()) return invalid("has responses that are refused: " + error);
  }
  return route;
}

}  // namespace

std::string access_name(uint32_t access) {
  switch (access) {
    case VECHE_ACCESS_READ: return "read";
    case VECHE_ACCESS_ROOMS: return "rooms";
    case VECHE_ACCESS_ADMIN: return "admin";
    case VECHE_ACCESS_METRICS: return "metrics";
    case VECHE_ACCESS_ANYBODY: return "anybody";
    case VECHE_ACCESS_ROOM: return "room";
    case VECHE_ACCESS_PARTICIPANT: return "participant";
    default: return "";
  }
}

Result<std::vector<HttpRoute>> read_http_routes(const veche_http_routes& table) {
  if (table.route_count == 0 || table.route_count > kMaxRoutes) {
    return invalid("route_count is " + std::to_string(table.route_count) + ", 1 to " +
                   std::to_string(kMaxRoutes) + " are allowed");
  }
  if (!table.routes) return invalid("routes is null");
  std::vector<HttpRoute> routes;
  for (uint32_t i = 0; i < table.route_count; ++i) {
    auto route = read_row(table.routes[i]);
    if (!route) return invalid("routes[" + std::to_string(i) + "] " + route.error().message);
    for (const HttpRoute& earlier : routes) {
      if (earlier.method == route->method && earlier.pattern.is_same_as(route->pattern)) {
        return invalid("routes[" + std::to_string(i) + "] is there twice: " + route->method + " " +
                       route->pattern.text() + " and " + earlier.pattern.text() +
                       " match the same requests");
      }
    }
    routes.push_back(std::move(*route));
  }
  return routes;
}

}  // namespace veche::plugin
