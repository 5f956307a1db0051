// SPDX-License-Identifier: Apache-2.0
// Lists over HTTP: what begins with a prefix, what has changed since, and where a participant is.
#include <gtest/gtest.h>

#include "../http_fixture.hpp"
#include "glib/json_node.hpp"
#include "json_at.hpp"

namespace veche::http {
namespace {

class HttpLists : public HttpTest {
 protected:
  void make(const std::string& room) { json("PUT", "/v1/rooms/" + room, "{}"); }
  /// The members `name` of the elements of `list`, one after the other.
  static std::string names_in(const Answer& answer, const char* list, const char* name) {
    const auto root = glib::parse_json(answer.body);
    if (!root) return answer.body;
    std::string names;
    for (JsonNode* element : glib::elements_of(glib::member(root->get(), list))) {
      names += std::string(json_node_get_string(glib::member(element, name))) + " ";
    }
    return names;
  }
  std::string rooms_at(const std::string& query) {
    return names_in(get("/v1/rooms?" + query), "rooms", "id");
  }
  /// The status of a list that was read before.
  int again(const std::string& path, const Answer& before) {
    return get(path, "If-None-Match: " + before.header("etag") + "\r\n").status;
  }
};

TEST_F(HttpLists, OfRoomsHaveThoseThatBeginWithAPrefix) {
  for (const char* name : {"team-a", "team-b", "team-c", "tea", "other", "zoo"}) make(name);
  EXPECT_EQ(rooms_at("prefix=team-"), "team-a team-b team-c ");
  EXPECT_EQ(rooms_at("prefix=tea"), "tea team-a team-b team-c ");
  EXPECT_EQ(rooms_at("prefix=z"), "zoo ");
  EXPECT_EQ(rooms_at("prefix=nothing"), "");
  const Answer page = get("/v1/rooms?prefix=team-&limit=2");
  EXPECT_EQ(names_in(page, "rooms", "id"), "team-a team-b ");
  EXPECT_EQ(at(page.body, {"next_cursor"}), R"("team-b")");
  EXPECT_EQ(rooms_at("prefix=team-&limit=2&cursor=team-b"), "team-c ");
  EXPECT_EQ(rooms_at("prefix=team-&cursor=a"), "team-a team-b team-c ");
  const Answer last = get("/v1/rooms?prefix=team-&limit=3");
  EXPECT_EQ(at(last.body, {"next_cursor"}), "null") << "others come after, of another prefix";
}

TEST_F(HttpLists, AreNotSentAgainWhileNothingDiffers) {
  make("blue");
  const Answer all = get("/v1/rooms");
  EXPECT_EQ(all.header("etag").substr(0, 1), "\"");
  EXPECT_EQ(again("/v1/rooms", all), 304);
  EXPECT_EQ(again("/v1/rooms?limit=1", all), 304) << "the same text";

  const std::string participants = "/v1/rooms/blue/participants";
  const Answer nobody = get(participants);
  EXPECT_EQ(again(participants, nobody), 304);
  connect("ann");
  const Answer ann = get(participants);
  EXPECT_EQ(again(participants, nobody), 200);
  EXPECT_EQ(again(participants, ann), 304);
  ASSERT_EQ(json("PATCH", participants + "/ann", R"({"muted":true})").status, 200);
  EXPECT_EQ(again(participants, ann), 200);
  make("red");
  EXPECT_EQ(again("/v1/rooms", all), 200);
}

TEST_F(HttpLists, OfWhereAParticipantIs) {
  const std::string ann = "/v1/participants/ann";
  const Answer nowhere = get(ann);
  EXPECT_EQ(nowhere.status, 200);
  EXPECT_EQ(nowhere.body, R"({"rooms":[],"next_cursor":null})");
  connect("ann");
  json("POST", "/v1/rooms/red/participants", R"({"id":"ann"})");
  json("POST", "/v1/rooms/red/participants", R"({"id":"bob"})");
  const Answer two = get(ann);
  EXPECT_EQ(names_in(two, "rooms", "room"), "blue red ");
  EXPECT_EQ(names_in(two, "rooms", "state"), "connected ended ");
  EXPECT_EQ(
      names_in(two, "rooms", "incarnation"),
      rooms->find_room("blue")->incarnation() + " " + rooms->find_room("red")->incarnation() + " ");
  EXPECT_EQ(again(ann, two), 304);
  EXPECT_EQ(names_in(get(ann + "?limit=1"), "rooms", "room"), "blue ");
  EXPECT_EQ(names_in(get(ann + "?cursor=blue"), "rooms", "room"), "red ");
  call({.method = "DELETE", .path = "/v1/rooms/red"});
  EXPECT_EQ(names_in(get(ann), "rooms", "room"), "blue ");

  EXPECT_EQ(call({.path = ann, .key = "eye.eyesecret"}).status, 200);
  EXPECT_EQ(call({.path = ann, .key = token_of({.room = "blue", .participant = "ann"})}).status,
            403)
      << "a client need not know its other rooms";
  EXPECT_EQ(get("/v1/participants/a%20b").status, 400);
}

TEST_F(HttpLists, EveryAnswerNamesTheRunOfTheServer) {
  const std::string instance = get("/v1/server").header("veche-instance");
  EXPECT_EQ(instance.size(), 32u);
  EXPECT_EQ(at(get("/v1/server").body, {"instance"}), '"' + instance + '"');
  EXPECT_EQ(call({.path = "/v1/rooms", .key = "back.backsecret"}).header("veche-instance"),
            instance);
  EXPECT_EQ(call({.path = "/v1/server", .key = ""}).header("veche-instance"), instance);
  EXPECT_EQ(get("/v1/nothing").header("veche-instance"), instance);
  room::Server another(loop, engine, room::Limits{}, 0);
  EXPECT_NE(another.instance(), instance);
}

}  // namespace
}  // namespace veche::http
