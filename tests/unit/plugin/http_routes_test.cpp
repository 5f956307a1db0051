// SPDX-License-Identifier: Apache-2.0
// Tests of the check of a plugin's route table: accepted tables, and the message for each mistake.
#include "plugin/http_routes.hpp"

#include <gmock/gmock.h>

#include "plugin/extensions.hpp"

namespace veche::plugin {
namespace {

using ::testing::HasSubstr;

veche_http_route row(const char* method, const char* pattern, const char* body_schema = nullptr) {
  return {sizeof(veche_http_route),
          VECHE_ACCESS_READ,
          method,
          pattern,
          "Says something.",
          body_schema,
          [](veche_plugin*, const veche_http_request*) {},
          nullptr,
          nullptr};
}

std::string reason(const veche_http_routes& table) {
  const auto checked = check_extension_table(VECHE_EXT_HTTP_ROUTES, &table);
  return checked.ok() ? "accepted" : checked.error().message;
}

std::string reason_of_row(const veche_http_route& one) {
  const veche_http_route* rows[] = {&one};
  return reason({sizeof(veche_http_routes), 1, rows});
}

TEST(HttpRoutes, ReadsACompleteTable) {
  const veche_http_route get = row("GET", "/rooms/{room}/stage");
  const veche_http_route put = row("PUT", "/rooms/{room}/stage", R"({"type": "object"})");
  const veche_http_route* rows[] = {&get, &put};
  const veche_http_routes table{sizeof table, 2, rows};
  EXPECT_EQ(reason(table), "accepted");
  EXPECT_FALSE(is_exclusive_extension(VECHE_EXT_HTTP_ROUTES));
  const auto routes = read_http_routes(table);
  ASSERT_TRUE(routes.ok());
  EXPECT_EQ((*routes)[0].method, "GET");
  EXPECT_EQ((*routes)[0].pattern.text(), "/rooms/{room}/stage");
  EXPECT_FALSE((*routes)[0].body_schema.has_value());
  EXPECT_TRUE((*routes)[1].body_schema.has_value());
}

TEST(HttpRoutes, SaysWhatIsWrongWithARow) {
  const struct {
    const char* expected;
    void (*damage)(veche_http_route&);
  } cases[] = {
      {"routes[0] has a struct_size of 8, at least 48 is needed",
       [](veche_http_route& r) { r.struct_size = 8; }},
      {"has an unknown method", [](veche_http_route& r) { r.method = nullptr; }},
      {"has an unknown method", [](veche_http_route& r) { r.method = "HEAD"; }},
      {"has an unknown method", [](veche_http_route& r) { r.method = "get"; }},
      {"has no pattern", [](veche_http_route& r) { r.pattern = nullptr; }},
      {"is refused: the pattern \"/a/\"", [](veche_http_route& r) { r.pattern = "/a/"; }},
      {"has no pattern in UTF-8", [](veche_http_route& r) { r.pattern = "/\xff"; }},
      {"has no summary", [](veche_http_route& r) { r.summary = nullptr; }},
      {"has no summary in UTF-8", [](veche_http_route& r) { r.summary = "\xff"; }},
      {"has the access 0", [](veche_http_route& r) { r.access = 0; }},
      {"has the access 8", [](veche_http_route& r) { r.access = 8; }},
      {"is for join tokens, but its pattern has no {room}",
       [](veche_http_route& r) {
         r.access = VECHE_ACCESS_ROOM;
         r.pattern = "/{place}/hands";
       }},
      {"its pattern has no {participant}",
       [](veche_http_route& r) {
         r.access = VECHE_ACCESS_PARTICIPANT;
         r.pattern = "/rooms/{room}/hands";
       }},
      {"has no handle", [](veche_http_route& r) { r.handle = nullptr; }},
      {"has a body_schema that is refused", [](veche_http_route& r) { r.body_schema = "{"; }},
      {"has a body_schema that is refused",
       [](veche_http_route& r) { r.body_schema = R"({"type": "object", "oneOf": []})"; }},
      {"has a body_schema, but a GET takes no body",
       [](veche_http_route& r) {
         r.method = "GET";
         r.body_schema = "{}";
       }},
      {"has a query_schema that is refused", [](veche_http_route& r) { r.query_schema = "[]"; }},
      {"has responses that are refused: they are no object",
       [](veche_http_route& r) { r.responses = "[]"; }},
      {"refused: \"ok\" is no status", [](veche_http_route& r) { r.responses = R"({"ok": {}})"; }},
      {"refused: \"100\" is no status",
       [](veche_http_route& r) { r.responses = R"({"100": {}})"; }},
      {"refused: 200 is no object", [](veche_http_route& r) { r.responses = R"({"200": 1})"; }},
      {"refused: 200 has no description",
       [](veche_http_route& r) { r.responses = R"({"200": {}})"; }},
      {"the schema of 200 is no object",
       [](veche_http_route& r) {
         r.responses = R"({"200": {"description": "It.", "schema": []}})";
       }},
      {"content_types of 200 is no list of texts",
       [](veche_http_route& r) {
         r.responses = R"({"200": {"description": "It.", "content_types": [1]}})";
       }},
  };
  for (const auto& [expected, damage] : cases) {
    veche_http_route damaged = row("POST", "/a");
    damage(damaged);
    EXPECT_THAT(reason_of_row(damaged), HasSubstr(expected));
  }
}

TEST(HttpRoutes, ReadsWhatARouteSaysOfItsQueryAndItsAnswers) {
  veche_http_route get = row("GET", "/a");
  get.query_schema = R"({"type": "object", "properties": {"limit": {"type": "integer"}}})";
  get.responses = R"({"200": {"description": "It.", "schema": {"type": ["object", "null"]}},
                      "206": {"description": "A part.", "content_types": ["video/webm"]},
                      "409": {"description": "Not now."}})";
  const veche_http_route* rows[] = {&get};
  const auto routes = read_http_routes({sizeof(veche_http_routes), 1, rows});
  ASSERT_TRUE(routes.ok()) << routes.error().message;
  EXPECT_EQ((*routes)[0].query_schema, get.query_schema);
  EXPECT_EQ((*routes)[0].responses, get.responses);
  // Of a plugin that was compiled before there were these fields, they are not read.
  get.struct_size = offsetof(veche_http_route, query_schema);
  get.query_schema = get.responses = "[]";
  const auto old = read_http_routes({sizeof(veche_http_routes), 1, rows});
  ASSERT_TRUE(old.ok()) << old.error().message;
  EXPECT_EQ((*old)[0].query_schema + (*old)[0].responses, "");
}

TEST(HttpRoutes, RefusesARouteThatIsThereTwice) {
  const veche_http_route one = row("GET", "/rooms/{room}"), two = row("GET", "/rooms/{name}");
  const veche_http_route other_method = row("PUT", "/rooms/{room}"),
                         other_path = row("GET", "/rooms/all");
  const veche_http_route* twice[] = {&one, &other_method, &other_path, &two};
  EXPECT_EQ(reason({sizeof(veche_http_routes), 3, twice}), "accepted");
  EXPECT_THAT(reason({sizeof(veche_http_routes), 4, twice}),
              HasSubstr("routes[3] is there twice: GET /rooms/{name} and /rooms/{room} match"));
}

TEST(HttpRoutes, RefusesTablesThatAreNone) {
  const veche_http_route get = row("GET", "/a");
  const veche_http_route* rows[] = {&get, nullptr};
  EXPECT_THAT(reason({4, 1, rows}), HasSubstr("struct_size of 4, at least 16"));
  EXPECT_THAT(reason({sizeof(veche_http_routes), 0, rows}), HasSubstr("route_count is 0, 1 to 64"));
  EXPECT_THAT(reason({sizeof(veche_http_routes), 65, rows}), HasSubstr("route_count is 65"));
  EXPECT_THAT(reason({sizeof(veche_http_routes), 1, nullptr}), HasSubstr("routes is null"));
  EXPECT_THAT(reason({sizeof(veche_http_routes), 2, rows}), HasSubstr("routes[1] is null"));
}

}  // namespace
}  // namespace veche::plugin
