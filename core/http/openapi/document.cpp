// SPDX-License-Identifier: Apache-2.0
// The frame of the document: what it is about, tags, credentials, paths.
#include "http/openapi/document.hpp"

#include <glib.h>

#include <map>
#include <set>

#include "http/openapi/operation_writer.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

using glib::JsonWriter;

struct Tag {
  const char* name;
  const char* description;
};
/// Besides those of plugins.
constexpr Tag kTags[] = {
    {"Server", "Health, capacity, drain, and this document."},
    {"Rooms", "Rooms and their policies."},
    {"Participants", "Who is in a room, what they may do, and how they fare."},
    {"Sessions", "From an offer to an answer, in the shape of WHIP (RFC 9725); clients' events."},
    {"WHIP and WHEP", "Standard clients publish by WHIP (RFC 9725), and listen by WHEP."},
    {"Events", "What happens, for backends: pages, streams and webhooks."},
    {"Plugins", "Their state. Their own routes stand under their names."},
};

constexpr char kAbout[] =
    "Backends, operators and clients talk to Veche over HTTP. Errors are problems (RFC 9457), "
    "application/problem+json; unknown fields in a request are refused; times are RFC 3339 in UTC. "
    "This document is made from the routes that the server has now, those of running plugins "
    "included.\n\nLeft out below, because every path has them: HEAD wherever there is GET; "
    "OPTIONS; 404 for other paths and 405 for other methods.\n\n";

constexpr char kSecuritySchemes[] = R"({
    "apiKey": {"type": "http", "scheme": "bearer",
               "description": "An API key of the configuration, <id>.<secret>. It needs one of the scopes that an operation names."},
    "joinToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                  "description": "Of the participant in the path, from an invitation or signed by the backend."},
    "joinTokenInUrl": {"type": "apiKey", "in": "query", "name": "access_token",
                       "description": "A join token where a browser cannot set headers."}})";

/// A table in Markdown, which viewers show.
std::string problem_table() {
  std::string table = "| Status | Type of problem | |\n|---|---|---|\n";
  for (const ProblemKind& kind : problem_kinds()) {
    table += "| " + std::to_string(kind.status) + " | `/problems/" + kind.slug + "` | " +
             kind.title + " |\n";
  }
  return table;
}

void write_info(JsonWriter& json, const std::string& version) {
  json.begin_object().key("title").string("Veche").key("version").string(version);
  json.key("description").string(kAbout + problem_table());
  json.key("license").begin_object().key("name").string("Apache-2.0");
  json.key("identifier").string("Apache-2.0").end_object().end_object();
}

void write_tags(JsonWriter& json, const std::vector<const Route*>& routes) {
  std::set<std::string> used;
  for (const Route* route : routes) used.insert(route->operation.tag);
  json.begin_array();
  for (const Tag& tag : kTags) {
    if (used.erase(tag.name) == 0) continue;
    json.begin_object().key("name").string(tag.name);
    json.key("description").string(tag.description).end_object();
  }
  for (const std::string& plugin : used) {
    json.begin_object().key("name").string(plugin);
    json.key("description").string("Routes of the plugin " + plugin + ".").end_object();
  }
  json.end_array();
}

std::string lower(const std::string& method) {
  std::string text = method;
  for (char& c : text) c = g_ascii_tolower(c);
  return text;
}

}  // namespace

std::string openapi_document(const std::vector<const Route*>& routes, const std::string& version) {
  std::map<std::string, std::vector<const Route*>> paths;
  for (const Route* route : routes) paths[route->pattern].push_back(route);
  OperationWriter operations;
  JsonWriter json;
  json.begin_object().key("openapi").string("3.1.0");
  write_info(json.key("info"), version);
  json.key("servers").begin_array().begin_object().key("url").string("/").end_object().end_array();
  write_tags(json.key("tags"), routes);
  json.key("paths").begin_object();
  for (const auto& [pattern, all] : paths) {
    json.key(pattern).begin_object();
    operations.write_path_parameters(json, pattern);
    for (const Route* route : all) operations.write(json.key(lower(route->method)), *route);
    json.end_object();
  }
  json.end_object().key("components").begin_object();
  operations.write_components(json);
  json.key("securitySchemes").raw(kSecuritySchemes);
  return json.end_object().end_object().text();
}

}  // namespace veche::http
