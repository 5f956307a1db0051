// SPDX-License-Identifier: Apache-2.0
// What a backend decides about participants over HTTP: invitations, mutes, permissions, and how
// long they hold.
#include <gtest/gtest.h>

#include "../http_fixture.hpp"
#include "json_at.hpp"

namespace veche::http {
namespace {

class HttpModeration : public HttpTest {
 protected:
  const std::string participants_ = "/v1/rooms/blue/participants";
};

TEST_F(HttpModeration, ShowsBothMutes) {
  connect("ann");
  ASSERT_TRUE(rooms->find_room("blue")->find("ann")->update({.muted_by_self = true}).ok());
  const auto mutes = [&] {
    const std::string body = get(participants_ + "/ann").body;
    return at(body, {"muted"}) + " " + at(body, {"muted_by_backend"}) + " " +
           at(body, {"muted_by_self"});
  };
  EXPECT_EQ(mutes(), "true false true");
  EXPECT_EQ(json("PATCH", participants_ + "/ann", R"({"muted":true})").status, 200);
  EXPECT_EQ(mutes(), "true true true");
  EXPECT_EQ(json("PATCH", participants_ + "/ann", R"({"muted":false})").status, 200);
  EXPECT_EQ(mutes(), "true false true") << "the backend does not switch on a microphone";
  EXPECT_EQ(json("PATCH", participants_ + "/ann", R"({"muted_by_self":false})").status, 400);
}

TEST_F(HttpModeration, AnInvitedMuteHolds) {
  const Answer invited = json("POST", participants_, R"({"id":"ann","muted":true})");
  EXPECT_EQ(at(invited.body, {"participant", "muted_by_backend"}), "true");
  connect("ann");
  ASSERT_TRUE(rooms->find_room("blue")->find("ann")->update({.muted_by_self = false}).ok());
  EXPECT_TRUE(engine.rooms.back()->muted.begin()->second);
}

TEST_F(HttpModeration, AnInvitationChangesAParticipantThatIsThere) {
  connect("ann");
  const Answer invited =
      json("POST", participants_, R"({"id":"ann","permissions":{"publish":[]}})");
  EXPECT_EQ(invited.status, 201);
  const std::string listener = R"({"publish":[],"subscribe":true})";
  EXPECT_EQ(at(invited.body, {"participant", "permissions"}), listener);
  EXPECT_EQ(at(get(participants_ + "/ann").body, {"permissions"}), listener);
  EXPECT_TRUE(engine.rooms.back()->muted.begin()->second) << "in mid-call";
  EXPECT_EQ(json("POST", participants_, R"({"id":"ann"})").status, 201);
  EXPECT_EQ(at(get(participants_ + "/ann").body, {"permissions"}), listener) << "gives nothing";

  EXPECT_EQ(json("POST", participants_, R"({"id":"ann","slots":{"audio":999}})").status, 400);
  EXPECT_EQ(at(get(participants_ + "/ann").body, {"slots"}), R"({"audio":0,"video":0})");
}

TEST_F(HttpModeration, HoldsWhenTheParticipantRejoins) {
  connect("ann");
  json("PATCH", participants_ + "/ann", R"({"muted":true,"permissions":{"publish":["audio"]}})");
  EXPECT_EQ(call({.method = "DELETE",
                  .path = participants_ + "/ann/session/" +
                          rooms->find_room("blue")->find("ann")->session_name()})
                .status,
            204);
  EXPECT_EQ(get(participants_ + "/ann").status, 404);
  const Answer again = json("POST", participants_, R"({"id":"ann","name":"Ann"})");
  EXPECT_EQ(at(again.body, {"participant", "muted_by_backend"}), "true");
  EXPECT_EQ(at(again.body, {"participant", "permissions"}),
            R"({"publish":["audio"],"subscribe":true})");
}

TEST_F(HttpModeration, AttributesAreGivenMergedAndKept) {
  const Answer invited =
      json("POST", participants_, R"({"id":"ann","attributes":{"role":"host","team":"red"}})");
  EXPECT_EQ(at(invited.body, {"participant", "attributes"}), R"({"role":"host","team":"red"})");
  EXPECT_EQ(
      json("PATCH", participants_ + "/ann", R"({"attributes":{"team":null,"seat":"4"}})").status,
      200);
  const std::string merged = R"({"role":"host","seat":"4"})";
  EXPECT_EQ(at(get(participants_ + "/ann").body, {"attributes"}), merged);
  EXPECT_EQ(json("POST", participants_, R"({"id":"ann","name":"Ann"})").status, 201);
  EXPECT_EQ(at(get(participants_ + "/ann").body, {"attributes"}), merged) << "not named";
  EXPECT_EQ(json("PATCH", participants_ + "/ann", R"({"attributes":{"a":1}})").status, 400);
  EXPECT_EQ(json("PATCH", participants_ + "/ann", R"({"attributes":{"a b":"1"}})").status, 400);

  const std::string token = token_of(
      {.room = "blue", .participant = "bob", .settings = {.attributes = {{"role", "guest"}}}});
  ASSERT_EQ(offer_with(token, "blue", "bob").status, 201);
  EXPECT_EQ(at(get(participants_ + "/bob").body, {"attributes"}), R"({"role":"guest"})");
  ASSERT_EQ(json("PATCH", participants_ + "/bob", R"({"attributes":null})").status, 200);
  EXPECT_EQ(at(get(participants_ + "/bob").body, {"attributes"}), "{}");
  call({.method = "DELETE", .path = participants_ + "/bob?allow_rejoin=true"});
  ASSERT_EQ(offer_with(token, "blue", "bob").status, 201);
  EXPECT_EQ(at(get(participants_ + "/bob").body, {"attributes"}), "{}")
      << "an old token does not bring back what the backend has taken away";
}

TEST_F(HttpModeration, EachAcceptedInvitationHasAUsableToken) {
  const auto invite = [&](const std::string& id, size_t bytes) {
    return json("POST", participants_,
                R"({"id":")" + id + R"(","metadata":{"a":")" + std::string(bytes, 'x') + R"("}})");
  };
  const auto token_of = [](const Answer& invited) {
    const std::string quoted = at(invited.body, {"token"});
    return quoted.substr(1, quoted.size() - 2);
  };
  size_t accepted = 0, refused = 0;
  for (size_t bytes = 5000; bytes < 16'000; bytes += 500) {
    const std::string id = "p" + std::to_string(bytes);
    const Answer invited = invite(id, bytes);
    if (invited.status == 201) {
      ++accepted;
      const std::string path = participants_ + "/" + id;
      EXPECT_EQ(call({.path = path, .key = token_of(invited)}).status, 200) << bytes;
    } else {
      ++refused;
      EXPECT_EQ(invited.status, 400) << bytes;
      EXPECT_NE(invited.body.find(R"("pointer":"/metadata")"), std::string::npos) << invited.body;
      EXPECT_EQ(get(participants_ + "/" + id).status, 404) << "nobody has joined";
    }
  }
  EXPECT_GT(accepted, 0u);
  EXPECT_GT(refused, 10u);

  // What a patch has added does not keep a participant from getting a new token.
  ASSERT_EQ(invite("ann", 10).status, 201);
  const std::string much = R"({"metadata":{"a":")" + std::string(12'000, 'x') + R"("}})";
  ASSERT_EQ(json("PATCH", participants_ + "/ann", much).status, 200);
  const Answer again = json("POST", participants_, R"({"id":"ann"})");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(call({.path = participants_ + "/ann", .key = token_of(again)}).status, 200);
}

}  // namespace
}  // namespace veche::http
