// SPDX-License-Identifier: Apache-2.0
// Checks the route table of a plugin, row by row.
#include "plugin/http_routes.hpp"

#include <glib.h>

#include <algorithm>
#include <string_view>

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

Result<HttpRoute> read_row(const veche_http_route* row) {
  if (auto checked = check_row(row); !checked) return checked.error();
  auto pattern = glib::PathPattern::parse(row->pattern);
  if (!pattern) return invalid("is refused: " + pattern.error().message);
  HttpRoute route{row, row->method, std::move(*pattern), {}};
  if (row->body_schema) {
    auto schema = glib::JsonSchema::parse(row->body_schema);
    if (!schema) return invalid("has a body_schema that is refused: " + schema.error().message);
    route.body_schema = std::move(*schema);
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
