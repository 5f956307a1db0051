// SPDX-License-Identifier: Apache-2.0
// Routes, requests and answers of plugins as values, which the HTTP layer and the adapter exchange.
#pragma once

#include <sys/stat.h>
#include <veche/http_routes.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "base/result.hpp"
#include "glib/json_schema.hpp"
#include "glib/path_pattern.hpp"

namespace veche::plugin {

/// The only route that a plugin may also serve at /metrics, if the configuration lets it.
inline constexpr char kMetricsPattern[] = "/metrics";

struct HttpRoute {
  const veche_http_route* row;  ///< Of the plugin's table.
  std::string method;
  glib::PathPattern pattern;
  std::optional<glib::JsonSchema> body_schema;
  std::string query_schema;  ///< JSON, checked; empty: the query has no parameters.
  std::string responses;     ///< JSON, checked; empty: they are not described.
};

/// A plugin's table, checked. The error names the route and what is wrong with it.
Result<std::vector<HttpRoute>> read_http_routes(const veche_http_routes& table);

/// "read", "rooms", "admin", "metrics", "anybody", "room" or "participant"; "" for anything else.
std::string access_name(uint32_t access);

struct HttpRequest {
  std::string path;  ///< After the plugin's name.
  std::vector<std::string> params;
  std::string query;
  std::string key_id;
  std::string body;
  std::string accept;       ///< The header.
  std::string participant;  ///< Of the join token; empty: there is none.
};

/// A regular file that answers a request.
struct HttpFile {
  std::shared_ptr<const Descriptor> descriptor;  ///< Shared, because answers are copied.
  struct stat info {};                           ///< At the time of the plugin's answer.
  std::string name;  ///< Under which a client saves the file; empty: it shows the file.
};

struct HttpAnswer {
  uint32_t status = 200;
  std::string content_type;
  std::string body;
  std::string problem;  ///< The type of a problem, whose detail is the body. Empty: not a problem.
  std::optional<HttpFile> file;  ///< In place of the body.
};

inline HttpAnswer problem_answer(uint32_t status, std::string type, std::string detail) {
  return {status, "", std::move(detail), std::move(type)};
}

/// [control] Gets the answer; called at most once.
using HttpAnswered = std::function<void(const HttpAnswer&)>;

}  // namespace veche::plugin
