// SPDX-License-Identifier: Apache-2.0
// Parameters, credentials, bodies and responses of one operation.
#include "http/openapi/operation_writer.hpp"

#include <cassert>

#include "glib/json_node.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

using glib::JsonWriter;
using glib::member;

constexpr char kProblemType[] = "application/problem+json";
constexpr char kNameSchema[] = R"({"type": "string", "title": "Name",
    "pattern": "^(?!\\.{1,2}$)[A-Za-z0-9_.~-]{1,64}$", "examples": ["blue"],
    "description": "1 to 64 characters, and neither . nor .. alone."})";

/// The keys' scopes that open a route, and whether a join token does.
struct Opening {
  std::vector<const char*> scopes;
  bool by_token = false;
};

Opening opening_of(Access access) {
  switch (access) {
    case Access::Anybody: return {};
    case Access::ReadServer: return {{"read", "admin"}};
    case Access::ReadRooms: return {{"read", "rooms", "admin"}};
    case Access::WriteRooms: return {{"rooms", "admin"}};
    case Access::ReadRoster:
    case Access::ReadParticipant: return {{"read", "rooms", "admin"}, true};
    case Access::EnterRoom:
    case Access::UseParticipant: return {{"rooms", "admin"}, true};
    case Access::Administer: return {{"admin"}};
    case Access::ReadMetrics: return {{"metrics", "admin"}};
  }
  return {};
}

bool is_change(const Route& route) { return route.method != "GET"; }

bool takes_idempotency_key(const Route& route) {
  return route.method == "POST" && route.access != Access::Anybody;
}

void write_header(JsonWriter& json, const char* name, const char* description) {
  json.key(name).begin_object().key("description").string(description);
  json.key("schema").begin_object().key("type").string("string").end_object().end_object();
}

void begin_parameter(JsonWriter& json, const std::string& name, const char* in) {
  json.begin_object().key("name").string(name).key("in").string(in);
}

void write_header_parameter(JsonWriter& json, const char* name, const char* description) {
  begin_parameter(json, name, "header");
  json.key("description").string(description).key("schema").begin_object();
  json.key("type").string("string").end_object().end_object();
}

/// "{room}" in "/v1/rooms/{room}"
std::vector<std::string> variables_of(const std::string& pattern) {
  std::vector<std::string> names;
  for (const std::string& part : glib::split_path(pattern)) {
    if (part.size() > 2 && part.front() == '{') names.push_back(part.substr(1, part.size() - 2));
  }
  return names;
}

std::string problem_name(int status) { return "Problem" + std::to_string(status); }

}  // namespace

std::set<int> problem_statuses(const Route& route) {
  const Operation& operation = route.operation;
  std::set<int> all(operation.problems.begin(), operation.problems.end());
  all.insert({500, 503});
  if (!is_probe(route)) all.insert(429);
  if (route.access != Access::Anybody) all.insert({401, 403});
  const bool has_body = route.body != BodyKind::Nothing;
  if (has_body) all.insert({413, 415});
  if (has_body || !operation.query.empty() || !variables_of(route.pattern).empty()) all.insert(400);
  if (operation.is_tagged && is_change(route)) all.insert(412);
  if (takes_idempotency_key(route)) all.insert({400, 409, 422});
  return all;
}

void OperationWriter::write(JsonWriter& json, const Route& route) {
  const Operation& operation = route.operation;
  is_foreign_ = operation.is_plugins;
  json.begin_object().key("operationId").string(operation.id);
  json.key("summary").string(operation.summary);
  json.key("tags").begin_array().string(operation.tag).end_array();
  write_security(json.key("security"), route);
  json.key("parameters").begin_array();
  write_parameters(json, route);
  json.end_array();
  if (route.body != BodyKind::Nothing) write_body(json.key("requestBody"), route);
  write_responses(json.key("responses"), route);
  json.end_object();
}

void OperationWriter::write_security(JsonWriter& json, const Route& route) const {
  const Opening opening = opening_of(route.access);
  json.begin_array();
  for (const char* scope : opening.scopes) {
    json.begin_object().key("apiKey").begin_array().string(scope).end_array().end_object();
  }
  const auto add = [&json](const char* scheme) {
    json.begin_object().key(scheme).begin_array().end_array().end_object();
  };
  if (opening.by_token) add("joinToken");
  if (route.takes_query_token) add("joinTokenInUrl");
  json.end_array();
}

void OperationWriter::write_path_parameters(JsonWriter& json, const std::string& pattern) {
  const std::vector<std::string> names = variables_of(pattern);
  if (names.empty()) return;
  json.key("parameters").begin_array();
  for (const std::string& name : names) {
    begin_parameter(json, name, "path");
    schemas_.write(json.key("required").boolean(true).key("schema"), kNameSchema);
    json.end_object();
  }
  json.end_array();
}

void OperationWriter::write_parameters(JsonWriter& json, const Route& route) {
  if (!route.operation.query.empty()) write_query(json, route.operation);
  if (takes_idempotency_key(route)) {
    write_header_parameter(json, "Idempotency-Key",
                           "Repetitions of the request with this key get the first answer again.");
  }
  if (!route.operation.is_tagged) return;
  if (is_change(route)) {
    write_header_parameter(json, "If-Match",
                           "Changes nothing if another caller has changed it (412).");
  }
  if (route.method == "GET") {
    write_header_parameter(json, "If-None-Match", "Answers 304 while nothing has changed.");
  } else if (route.method == "PUT") {
    write_header_parameter(json, "If-None-Match", "*: creates, and replaces nothing (412).");
  }
}

void OperationWriter::write_query(JsonWriter& json, const Operation& operation) {
  const Result<glib::JsonPtr> query = glib::parse_json(operation.query);
  assert(query);
  JsonNode* properties = member(query->get(), "properties");
  const std::vector<JsonNode*> required = glib::elements_of(member(query->get(), "required"));
  for (const std::string& name : glib::names_of(properties)) {
    begin_parameter(json, name, "query");
    JsonNode* schema = member(properties, name.c_str());
    if (JsonNode* text = member(schema, "description")) {
      json.key("description").verbatim(glib::to_text(text));
    }
    for (JsonNode* each : required) {
      if (name == json_node_get_string(each)) json.key("required").boolean(true);
    }
    write_schema(json.key("schema"), glib::to_text(schema));
    json.end_object();
  }
}

void OperationWriter::write_body(JsonWriter& json, const Route& route) {
  const bool is_patch = route.body == BodyKind::MergePatch;
  const Operation& operation = route.operation;
  json.begin_object();
  // Elsewhere no body is an empty object.
  if (is_patch || operation.body.empty()) json.key("required").boolean(true);
  json.key("content").begin_object();
  for (const std::string_view type : rule_of(route.body).content_types) {
    json.key(type).begin_object().key("schema");
    if (operation.body.empty()) {
      json.begin_object().key("type").string("string").end_object();
    } else if (is_patch) {
      schemas_.write(json, operation.body, SchemaWriter::Use::MergePatch);
    } else {
      write_schema(json, operation.body);
    }
    if (!operation.example.empty()) json.key("example").raw(operation.example);
    json.end_object();
  }
  json.end_object().end_object();
}

void OperationWriter::write_responses(JsonWriter& json, const Route& route) {
  std::map<int, std::vector<const Outcome*>> outcomes;
  for (const Outcome& outcome : route.operation.outcomes) {
    outcomes[outcome.status].push_back(&outcome);
  }
  json.begin_object();
  for (const auto& [status, all] : outcomes) {
    write_outcomes(json.key(std::to_string(status)), route, status, all);
  }
  if (route.operation.is_tagged && route.method == "GET") {
    json.key("304").begin_object().key("description").string("Nothing has changed.").end_object();
  }
  for (const int status : problem_statuses(route)) {
    if (outcomes.count(status) > 0) continue;
    problems_.insert(status);
    json.key(std::to_string(status)).begin_object().key("$ref");
    json.string("#/components/responses/" + problem_name(status)).end_object();
  }
  if (outcomes.empty()) {
    json.key("default").begin_object().key("description");
    json.string("What the plugin answers, which does not describe it.").end_object();
  }
  json.end_object();
}

void OperationWriter::write_outcomes(JsonWriter& json, const Route& route, int status,
                                     const std::vector<const Outcome*>& outcomes) {
  json.begin_object().key("description").string(outcomes.front()->description);
  const bool has_location = status == 201 && !is_foreign_;
  const bool has_tag = status < 300 && status != 204 && route.operation.is_tagged;
  if (has_location || has_tag) {
    json.key("headers").begin_object();
    if (has_location) write_header(json, "Location", "The path of what was made.");
    if (has_tag) write_header(json, "ETag", "For If-Match and If-None-Match.");
    json.end_object();
  }
  const bool is_problem = status >= 400;
  if (is_problem || !outcomes.front()->schema.empty() || !outcomes.front()->content_type.empty()) {
    json.key("content").begin_object();
    for (const Outcome* outcome : outcomes) write_content(json, *outcome);
    json.end_object();
  }
  json.end_object();
}

void OperationWriter::write_content(JsonWriter& json, const Outcome& outcome) {
  if (outcome.status >= 400) {
    schemas_.write(json.key(kProblemType).begin_object().key("schema"), problem_schema());
  } else if (!outcome.schema.empty()) {
    write_schema(json.key("application/json").begin_object().key("schema"), outcome.schema);
  } else {
    json.key(outcome.content_type).begin_object();
  }
  json.end_object();
}

void OperationWriter::write_schema(JsonWriter& json, const std::string& schema) {
  if (is_foreign_) return schemas_.write_foreign(json, schema);
  schemas_.write(json, schema);
}

void OperationWriter::write_components(JsonWriter& json) {
  json.key("responses").begin_object();
  for (const int status : problems_) write_problem_response(json, status);
  json.end_object();
  schemas_.write_components(json.key("schemas"));
}

void OperationWriter::write_problem_response(JsonWriter& json, int status) {
  std::string titles;
  std::vector<std::string> types;
  for (const ProblemKind& kind : problem_kinds()) {
    if (kind.status != status) continue;
    titles += (titles.empty() ? "" : "; ") + std::string(kind.title);
    types.push_back(std::string("/problems/") + kind.slug);
  }
  json.key(problem_name(status)).begin_object().key("description").string(titles + ".");
  if (status == 401 || status == 429 || status == 503) {
    json.key("headers").begin_object();
    if (status == 401) write_header(json, "WWW-Authenticate", "Bearer.");
    if (status != 401) write_header(json, "Retry-After", "In how many seconds to ask again.");
    json.end_object();
  }
  json.key("content").begin_object().key(kProblemType).begin_object().key("schema").begin_object();
  json.key("allOf").begin_array();
  schemas_.write(json, problem_schema());
  json.end_array().key("properties").begin_object().key("type").begin_object().key("enum");
  json.begin_array();
  for (const std::string& type : types) json.string(type);
  json.end_array().end_object().end_object().end_object().end_object().end_object().end_object();
}

}  // namespace veche::http
