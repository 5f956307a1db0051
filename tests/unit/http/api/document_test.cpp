// SPDX-License-Identifier: Apache-2.0
// The OpenAPI document of the real server: complete, consistent, and current.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "../documented.hpp"
#include "answerer_fixture.hpp"
#include "glib/checked_json.hpp"
#include "glib/json_node.hpp"
#include "http/protocol/problem.hpp"
#include "json_at.hpp"

namespace veche::http {
namespace {

using glib::member;
using glib::names_of;
using ::testing::HasSubstr;
using ::testing::Not;

class DocumentTest : public AnswererTest {
 protected:
  void SetUp() override {
    AnswererTest::SetUp();
    read();
  }
  void read() {
    text_ = get("/v1/openapi.json").body;
    auto root = glib::parse_json(text_);
    ASSERT_TRUE(root.ok()) << text_.substr(0, 200);
    document_ = std::move(*root);
  }

  struct Described {
    std::string name;  ///< "GET /v1/rooms"
    JsonNode* operation;
  };
  std::vector<Described> operations() const {
    std::vector<Described> all;
    JsonNode* paths = member(document_.get(), "paths");
    for (const std::string& path : names_of(paths)) {
      JsonNode* item = member(paths, path.c_str());
      for (const std::string& method : names_of(item)) {
        const glib::StringPtr upper(g_ascii_strup(method.c_str(), -1));
        if (method != "parameters") {
          all.push_back({upper.get() + (" " + path), member(item, method.c_str())});
        }
      }
    }
    return all;
  }
  JsonNode* find(const std::string& name) const {
    for (const Described& each : operations()) {
      if (each.name == name) return each.operation;
    }
    return nullptr;
  }
  static std::string text_in(JsonNode* object, const char* name) {
    JsonNode* node = member(object, name);
    return node ? json_node_get_string(node) : "";
  }

  /// The routes of the router: each has a time of requests.
  std::set<std::string> routes() const {
    std::set<std::string> all;
    MetricSink sink([&all](const MetricSample& metric) {
      if (metric.name != std::string("veche_http_request_duration_seconds")) return;
      all.insert(std::string(metric.labels[0].value) + " " + std::string(metric.labels[1].value));
    });
    server->put_metrics(sink);
    for (const char* other : {"any none", "GET /*", "any /v1/plugins/{plugin}/*", "GET /metrics"}) {
      all.erase(other);
    }
    return all;
  }

  std::string text_;
  glib::JsonPtr document_;
};

TEST_F(DocumentTest, ListsEachRouteOnce) {
  std::set<std::string> expected = routes();
  EXPECT_GT(expected.size(), 20u);
  for (const char* foreign :
       {"GET /v1/plugins/stage/rooms/{room}/stage", "PUT /v1/plugins/stage/rooms/{room}/stage",
        "DELETE /v1/plugins/stage/all", "GET /v1/plugins/stage/open",
        "POST /v1/plugins/stage/refused", "GET /v1/plugins/stage/metrics",
        "GET /v1/plugins/stage/rooms/{room}/hands",
        "PUT /v1/plugins/stage/rooms/{room}/hands/{participant}", "GET /v1/plugins/stage/page",
        "GET /metrics"}) {
    expected.insert(foreign);
  }
  EXPECT_EQ(Documented(text_).operations(), expected);
}

TEST_F(DocumentTest, DescribesEveryRouteOfTheServer) {
  for (const auto& [name, operation] : operations()) {
    EXPECT_NE(text_in(operation, "operationId"), "") << name << " has no operation";
    EXPECT_NE(text_in(operation, "summary"), "") << name;
    EXPECT_EQ(glib::elements_of(member(operation, "tags")).size(), 1u) << name;
    const bool is_plugins = name.find("/v1/plugins/stage") != std::string::npos;
    if (is_plugins || name == "GET /metrics") continue;
    EXPECT_EQ(member(member(operation, "responses"), "default"), nullptr)
        << name << " has no outcomes";
    JsonNode* body = member(operation, "requestBody");
    if (!body) continue;
    for (const std::string& type : names_of(member(body, "content"))) {
      JsonNode* content = member(member(body, "content"), type.c_str());
      EXPECT_EQ(member(content, "example") != nullptr, type.find("json") != std::string::npos)
          << name << " has no example of " << type;
    }
  }
}

/// The names of all members that schemas below `node` have.
void collect_names(JsonNode* node, std::set<std::string>& names) {
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    for (JsonNode* element : glib::elements_of(node)) collect_names(element, names);
  }
  if (!JSON_NODE_HOLDS_OBJECT(node)) return;
  for (const std::string& name : names_of(node)) {
    JsonNode* value = member(node, name.c_str());
    if (name == "properties")
      for (const std::string& each : names_of(value)) names.insert(each);
    if (name != "example" && name != "examples") collect_names(value, names);
  }
}

TEST_F(DocumentTest, NamesFieldsInSnakeCase) {
  std::set<std::string> names;
  collect_names(document_.get(), names);
  EXPECT_GT(names.size(), 100u);
  for (const std::string& name : names) {
    EXPECT_THAT(name, ::testing::MatchesRegex("[a-z][a-z0-9_]*"));
  }
}

TEST_F(DocumentTest, HasUniqueOperationIds) {
  std::set<std::string> ids;
  for (const auto& [name, operation] : operations()) {
    const std::string id = text_in(operation, "operationId");
    EXPECT_TRUE(ids.insert(id).second) << name << ": " << id << " is there twice";
  }
}

/// Calls `visit` with each value of the member `name`, at any depth.
void for_each_member(JsonNode* node, const char* name,
                     const std::function<void(JsonNode*)>& visit) {
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    for (JsonNode* each : glib::elements_of(node)) for_each_member(each, name, visit);
  }
  if (!JSON_NODE_HOLDS_OBJECT(node)) return;
  for (const std::string& key : names_of(node)) {
    JsonNode* value = member(node, key.c_str());
    if (key == name) visit(value);
    for_each_member(value, name, visit);
  }
}

TEST_F(DocumentTest, ResolvesEveryReference) {
  size_t count = 0;
  for_each_member(document_.get(), "$ref", [&](JsonNode* reference) {
    const std::string target = json_node_get_string(reference);
    ASSERT_EQ(target.rfind("#/", 0), 0u) << target;
    JsonNode* node = document_.get();
    for (const std::string& part : glib::split_path(target.substr(1))) {
      node = node ? member(node, part.c_str()) : nullptr;
    }
    EXPECT_NE(node, nullptr) << target;
    ++count;
  });
  EXPECT_GT(count, 50u);
}

TEST_F(DocumentTest, NamesEveryTypeOfProblem) {
  const std::string about = text_in(member(document_.get(), "info"), "description");
  for (const ProblemKind& kind : problem_kinds()) {
    EXPECT_THAT(about, HasSubstr("`/problems/" + std::string(kind.slug) + "`"));
  }
  JsonNode* responses = member(member(document_.get(), "components"), "responses");
  for (const std::string& name : names_of(responses)) {
    EXPECT_NE(text_in(member(responses, name.c_str()), "description"), ".")
        << name << " is no status of a problem in problem.cpp";
  }
}

TEST_F(DocumentTest, SaysWhichCredentialsARouteNeeds) {
  const auto security = [this](const char* name) {
    return glib::to_text(member(find(name), "security"));
  };
  EXPECT_EQ(security("GET /healthz"), "[]");
  EXPECT_EQ(security("GET /v1/server"), R"([{"apiKey":["read"]},{"apiKey":["admin"]}])");
  EXPECT_EQ(
      security("GET /v1/rooms/{room}/participants/{participant}/events"),
      R"([{"apiKey":["rooms"]},{"apiKey":["admin"]},{"joinToken":[]},{"joinTokenInUrl":[]}])");
  EXPECT_EQ(security("DELETE /v1/plugins/stage/all"), R"([{"apiKey":["admin"]}])");
  EXPECT_EQ(security("GET /metrics"), R"([{"apiKey":["metrics"]},{"apiKey":["admin"]}])");
}

TEST_F(DocumentTest, TakesSchemasOfBodiesFromTheirFields) {
  JsonNode* schemas = member(member(document_.get(), "components"), "schemas");
  JsonNode* policy = member(schemas, "RoomPolicy");
  ASSERT_NE(policy, nullptr);
  EXPECT_EQ(
      glib::to_text(member(member(member(policy, "properties"), "max_participants"), "maximum")),
      "1000000");
  // A patch resets with null, whole or in part.
  const std::string patch = glib::to_text(member(schemas, "RoomPolicyPatch"));
  EXPECT_THAT(patch, HasSubstr(R"("max_participants":{"anyOf":[{"type":"integer",)"));
  EXPECT_THAT(patch, Not(HasSubstr(R"("default")")));
  // What the server always writes is required, what it never writes is refused.
  const std::string problem = glib::to_text(member(schemas, "Problem"));
  EXPECT_THAT(problem, HasSubstr(R"("required":["type","title","status","detail"])"));
  EXPECT_THAT(problem, HasSubstr(R"("additionalProperties":false)"));
}

TEST_F(DocumentTest, HasExamplesThatTheServerTakes) {
  // An example that does not fit its own schema would be refused with 400.
  for (const auto& [name, operation] : operations()) {
    JsonNode* body = member(operation, "requestBody");
    JsonNode* content = body ? member(member(body, "content"), "application/json") : nullptr;
    JsonNode* example = content ? member(content, "example") : nullptr;
    if (!example) continue;
    std::string path = name.substr(name.find(' ') + 1);
    for (size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
      path.replace(open, path.find('}') - open + 1, "x");
    }
    const Answer answer = json(name.substr(0, name.find(' ')), path, glib::to_text(example));
    EXPECT_NE(answer.status, 400) << name << ": " << answer.body;
  }
}

TEST_F(DocumentTest, DescribesPluginsByTheirOwnTables) {
  JsonNode* put = find("PUT /v1/plugins/stage/rooms/{room}/stage");
  EXPECT_EQ(text_in(put, "operationId"), "stage.putRoomsRoomStage");
  EXPECT_EQ(text_in(put, "summary"), "Route put_stage of the tests");
  EXPECT_THAT(glib::to_text(member(put, "requestBody")), HasSubstr(R"("seats":{"type":"integer")"));
  // It says nothing of its answers.
  EXPECT_NE(member(member(put, "responses"), "default"), nullptr);
  JsonNode* stage = find("GET /v1/plugins/stage/rooms/{room}/stage");
  EXPECT_EQ(glib::to_text(member(member(stage, "responses"), "200")),
            R"({"description":"The request.","content":{"text/plain":{}}})");
  EXPECT_THAT(glib::to_text(member(stage, "parameters")), HasSubstr(R"("name":"a","in":"query")"));
  EXPECT_THAT(glib::to_text(member(find("POST /v1/plugins/stage/refused"), "responses")),
              HasSubstr(R"("409":{"description":"The stage is full.","content":)"));
}

TEST_F(DocumentTest, FollowsPluginsThatStopAndStart) {
  const std::string tag = get("/v1/openapi.json").header("etag");
  EXPECT_EQ(get("/v1/openapi.json", "If-None-Match: " + tag + "\r\n").status, 304);
  EXPECT_EQ(json("PATCH", "/v1/plugins/stage", R"({"enabled": false})").status, 200);
  read();
  EXPECT_THAT(text_, Not(HasSubstr("/v1/plugins/stage/")));
  EXPECT_EQ(find("GET /metrics"), nullptr);
  const Answer changed = get("/v1/openapi.json", "If-None-Match: " + tag + "\r\n");
  EXPECT_EQ(changed.status, 200);
  EXPECT_NE(changed.header("etag"), tag);
  EXPECT_EQ(json("PATCH", "/v1/plugins/stage", R"({"enabled": true})").status, 200);
  EXPECT_EQ(get("/v1/openapi.json").header("etag"), tag);
}

TEST_F(DocumentTest, IsOpenToEverybodyAsJsonAndAsAPage) {
  const Answer json = call({.path = "/v1/openapi.json", .key = ""});
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.header("content-type"), "application/json");
  const Answer page = call({.path = "/docs", .key = ""});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("GET /v1/rooms/{room}"));
  EXPECT_THAT(page.body, HasSubstr("Route get_stage of the tests."));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  EXPECT_THAT(page.header("content-security-policy"), HasSubstr("default-src 'none'"));
  EXPECT_THAT(page.header("content-security-policy"), Not(HasSubstr("unsafe")));
  EXPECT_EQ(call({.path = "/docs/rapidoc-min.js", .key = ""}).status, 404);
}

TEST_F(DocumentTest, IsShownByRapiDocWhereThereIsACopy) {
  Settings settings;
  settings.api_page = VECHE_SOURCE_DIR "/tests/unit/http/page/index.html";
  start(settings);
  const Answer page = get("/docs");
  EXPECT_THAT(page.body, HasSubstr(R"(<script type="module" src="/docs/rapidoc-min.js">)"));
  EXPECT_THAT(page.header("content-security-policy"), HasSubstr("script-src 'self'"));
  const Answer script = get("/docs/rapidoc-min.js");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.header("content-type"), "text/javascript; charset=utf-8");
  const std::string known = "If-None-Match: " + script.header("etag") + "\r\n";
  EXPECT_EQ(get("/docs/rapidoc-min.js", known).status, 304);
}

}  // namespace
}  // namespace veche::http
