// SPDX-License-Identifier: Apache-2.0
// The roster of a room in pages: its order, its search, and for whom it is.
#include <gmock/gmock.h>

#include "../http_fixture.hpp"
#include "json_at.hpp"

namespace veche::http {
namespace {

using testing::HasSubstr;

class HttpRoster : public HttpTest {
 protected:
  /// "ids participants cursor"
  std::string read(const std::string& query, const std::string& credential = "dev.devsecret") {
    const Answer answer = call({.path = "/v1/rooms/blue/roster" + query, .key = credential});
    if (answer.status != 200) return std::to_string(answer.status);
    const auto root = glib::parse_json(answer.body);
    JsonArray* roster = json_node_get_array(glib::member(root->get(), "roster"));
    std::string ids;
    for (guint i = 0; i < json_array_get_length(roster); ++i) {
      JsonNode* entry = json_array_get_element(roster, i);
      ids += std::string(json_node_get_string(glib::member(entry, "participant"))) + " ";
    }
    return ids + at(answer.body, {"participants"}) + " " + at(answer.body, {"next_cursor"});
  }
  std::string token(const std::string& participant, const std::string& room = "blue") {
    return token_of({.room = room, .participant = participant});
  }
};

TEST_F(HttpRoster, ComesInPagesByIdAndOnlyWithThoseThatOthersSee) {
  for (const char* name : {"c", "a", "d", "b"}) connect(name);
  EXPECT_EQ(json("POST", "/v1/rooms/blue/participants", R"({"id":"invited"})").status, 201);
  EXPECT_EQ(read(""), "a b c d 4 null");
  EXPECT_EQ(read("?limit=3"), R"(a b c 4 "c")");
  EXPECT_EQ(read("?limit=3&cursor=c"), "d 4 null");
  EXPECT_EQ(read("?limit=4"), "a b c d 4 null");
  EXPECT_EQ(read("?cursor=zz"), "4 null");
  EXPECT_EQ(read("?limit=0"), "400");
  EXPECT_EQ(read("?limit=101"), "400");
}

TEST_F(HttpRoster, HasTheEntriesOfASnapshot) {
  connect("ann");
  json("PATCH", "/v1/rooms/blue/participants/ann",
       R"({"name":"Ann","metadata":{"hand":true},"muted":true})");
  const std::string source = std::to_string(rooms->find_room("blue")->find("ann")->source_number());
  EXPECT_EQ(
      get("/v1/rooms/blue/roster").body,
      R"({"roster":[{"participant":"ann","name":"Ann","metadata":{"hand":true},"attributes":{},)"
      R"("source_number":)" +
          source +
          R"(,"connected":true,"encrypted":false,"muted":true,)"
          R"("muted_by_backend":true,"muted_by_self":false,)"
          R"("permissions":{"publish":["audio","video"],"subscribe":true}}],)"
          R"("participants":1,"next_cursor":null})");
}

TEST_F(HttpRoster, IsSearchedByNameAndIdInAnyCase) {
  for (const char* name : {"u1", "u2", "u3", "Max"}) connect(name);
  const auto rename = [&](const std::string& id, const std::string& name) {
    EXPECT_EQ(
        json("PATCH", "/v1/rooms/blue/participants/" + id, R"({"name":")" + name + "\"}").status,
        200);
  };
  rename("u1", "Maximilian");
  rename("u2", "Åsa Ek");
  EXPECT_EQ(read("?search=max"), "Max u1 4 null");
  EXPECT_EQ(read("?search=max&limit=1"), R"(Max 4 "Max")");
  EXPECT_EQ(read("?search=max&limit=1&cursor=Max"), "u1 4 null");
  EXPECT_EQ(read("?search=%C3%A5SA%20e"), "u2 4 null");
  EXPECT_EQ(read("?search=U3"), "u3 4 null");
  EXPECT_EQ(read("?search=nobody"), "4 null");
  EXPECT_EQ(read("?search=%ff"), "400");
  EXPECT_EQ(read("?search=" + std::string(257, 'x')), "400");
}

TEST_F(HttpRoster, IsForThoseInTheRoomAndForKeysThatMayRead) {
  connect("ann");
  EXPECT_EQ(read("", token("ann")), "ann 1 null");
  EXPECT_EQ(read("", "back.backsecret"), "ann 1 null");
  EXPECT_EQ(read("", "eye.eyesecret"), "ann 1 null");
  EXPECT_EQ(read("", "graph.graphsecret"), "403");
  EXPECT_EQ(read("", ""), "401");
  EXPECT_EQ(read("", token("ann", "red")), "403");
  EXPECT_EQ(read("", token("bob")), "403") << "it is not there yet";
  EXPECT_EQ(get("/v1/rooms/red/roster").status, 404);
  const Answer refused = call({.path = "/v1/rooms/blue/roster", .key = token("bob")});
  EXPECT_THAT(refused.body, HasSubstr("while its participant is in the room"));
  const std::string whole = "/v1/rooms/blue/participants";
  EXPECT_EQ(call({.path = whole, .key = token("ann")}).status, 403) << "as before";
}

}  // namespace
}  // namespace veche::http
