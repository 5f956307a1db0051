// SPDX-License-Identifier: Apache-2.0
// What a backend does to many participants at once: announcements, mutes, removals.
#include <gtest/gtest.h>

#include "../http_fixture.hpp"
#include "http/api/moderation.hpp"
#include "json_at.hpp"

namespace veche::http {
namespace {

class HttpActions : public HttpTest {
 protected:
  Answer moderate(const std::string& body) { return json("POST", "/v1/rooms/blue/moderate", body); }
  Answer announce(const std::string& body) { return json("POST", "/v1/rooms/blue/announce", body); }
  room::Participant* find(const std::string& name) { return rooms->find_room("blue")->find(name); }
  void invite(const std::string& id) {
    ASSERT_EQ(json("POST", participants_, R"({"id":")" + id + "\"}").status, 201);
  }
  const std::string participants_ = "/v1/rooms/blue/participants";
};

TEST_F(HttpActions, MuteAllButSome) {
  for (const char* name : {"ann", "bob", "host"}) connect(name);
  const Answer muted = moderate(R"({"action":"mute","except":["host"]})");
  EXPECT_EQ(muted.status, 200);
  EXPECT_EQ(
      muted.body,
      R"({"results":[{"participant":"ann","status":200},{"participant":"bob","status":200}]})");
  EXPECT_TRUE(find("ann")->muted_by_backend());
  EXPECT_TRUE(find("bob")->muted_by_backend());
  EXPECT_FALSE(find("host")->muted());
  EXPECT_EQ(moderate(R"({"action":"unmute","except":[]})").status, 200);
  EXPECT_FALSE(find("ann")->muted());
}

TEST_F(HttpActions, AMuteHoldsWhenTheParticipantRejoins) {
  connect("ann");
  moderate(R"({"action":"mute","participants":["ann"]})");
  call({.method = "DELETE", .path = participants_ + "/ann?allow_rejoin=true"});
  connect("ann");
  EXPECT_TRUE(find("ann")->muted_by_backend());
}

TEST_F(HttpActions, RemoveRevokesTokensAndSaysWhoWasNotThere) {
  const std::string token = token_in(json("POST", participants_, R"({"id":"ann","name":"Ann"})"));
  connect("ann");
  connect("bob");
  const std::string gone = token_of({.room = "blue", .participant = "eve"});
  const Answer removed =
      moderate(R"({"action":"remove","participants":["ann","eve"],"reason":"rude"})");
  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(removed.body.find(R"({"results":[{"participant":"ann","status":204},)"
                              R"({"participant":"eve","status":404,"problem":{"type":)"),
            0u)
      << removed.body;
  EXPECT_EQ(find("ann"), nullptr);
  EXPECT_NE(find("bob"), nullptr);
  EXPECT_EQ(offer_with(token).status, 403);
  EXPECT_EQ(offer_with(gone, "blue", "eve").status, 403) << "it may just have left";
}

TEST_F(HttpActions, RemoveMayLetParticipantsBackIn) {
  const std::string token = token_in(json("POST", participants_, R"({"id":"ann"})"));
  EXPECT_EQ(moderate(R"({"action":"remove","except":[],"allow_rejoin":true})").status, 200);
  EXPECT_EQ(offer_with(token).status, 201);
}

TEST_F(HttpActions, ALargeRoomIsDoneInSlices) {
  const size_t count = 3 * ModerationRun::kSlice + 1;
  for (size_t i = 0; i < count; ++i) invite("p" + std::to_string(i));
  const Answer removed = moderate(R"({"action":"remove","except":["p7"]})");
  EXPECT_EQ(removed.status, 200);
  size_t results = 0;
  for (size_t at = 0; (at = removed.body.find("\"status\":204", at)) != std::string::npos; ++at) {
    ++results;
  }
  EXPECT_EQ(results, count - 1);
  EXPECT_EQ(rooms->find_room("blue")->participants().size(), 1u);
}

TEST_F(HttpActions, ARoomThatEndsBetweenSlicesIsLeftAlone) {
  const size_t count = ModerationRun::kSlice + 2;
  for (size_t i = 0; i < count; ++i) invite("p" + std::to_string(100 + i));
  rooms->add_event_handler([&](const room::Event& event) {
    // Another room of that name, whose participants the order does not mean.
    if (event.type != "participant.updated" || event.participant != "p100") return;
    ASSERT_TRUE(rooms->remove_room("blue").ok());
    ASSERT_TRUE(rooms->find_or_create_room("blue").value()->join("p110", {}).ok());
  });
  const Answer muted = moderate(R"({"action":"mute","except":[]})");
  EXPECT_EQ(muted.status, 200);
  EXPECT_NE(muted.body.find(R"({"participant":"p110","status":404)"), std::string::npos)
      << muted.body;
  EXPECT_FALSE(find("p110")->muted());
}

TEST_F(HttpActions, TheServerMayEndBetweenSlices) {
  for (size_t i = 0; i < 3 * ModerationRun::kSlice; ++i) invite("p" + std::to_string(i));
  RawClient client(loop, url());
  client.send(text_of({.method = "POST",
                       .path = "/v1/rooms/blue/moderate",
                       .body = R"({"action":"mute","except":[]})",
                       .content_type = "application/json"}));
  const auto is_begun = [&] { return find("p0")->muted(); };
  ASSERT_TRUE(run_until(is_begun));
  server = nullptr;
  run();
  EXPECT_FALSE(find("p9")->muted()) << "the last one by name";
}

TEST_F(HttpActions, SayWhatIsWrongWithAnOrder) {
  invite("ann");
  const struct {
    const char* body;
    const char* pointer;
  } cases[] = {
      {"{}", "/action"},
      {R"({"action":"ban","except":[]})", "/action"},
      {R"({"action":"mute"})", "/participants"},
      {R"({"action":"mute","participants":["ann"],"except":["ann"]})", "/participants"},
      {R"({"action":"mute","participants":[]})", "/participants"},
      {R"({"action":"mute","participants":["a b"]})", "/participants/0"},
      {R"({"action":"mute","except":["ann","."]})", "/except/1"},
      {R"({"action":"mute","except":[],"reason":"rude"})", "/reason"},
      {R"({"action":"unmute","except":[],"allow_rejoin":true})", "/allow_rejoin"},
      {R"({"action":"remove","except":[],"why":"rude"})", "/why"},
  };
  for (const auto& [body, pointer] : cases) {
    const Answer answer = moderate(body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_NE(answer.body.find(std::string("\"pointer\":\"") + pointer + "\""), std::string::npos)
        << answer.body;
  }
  EXPECT_FALSE(find("ann")->muted());
  EXPECT_EQ(json("POST", "/v1/rooms/nowhere/moderate", R"({"action":"mute","except":[]})").status,
            404);
  EXPECT_EQ(
      call({.method = "POST", .path = "/v1/rooms/blue/moderate", .key = "eye.eyesecret"}).status,
      403);
}

TEST_F(HttpActions, AnnounceSaysWhoIsAbsent) {
  connect("ann");
  const Answer told = announce(R"({"message":{"text":"hello"},"participants":["ann","eve"]})");
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.body, R"({"clients":0,"absent":["eve"]})");
  EXPECT_EQ(announce(R"({"message":{}})").body, R"({"clients":0,"absent":[]})");
  EXPECT_EQ(json("POST", "/v1/rooms/nowhere/announce", R"({"message":{}})").status, 404);
  const std::string large = R"({"message":{"text":")" + std::string(4096, 'x') + "\"}}";
  for (const std::string& wrong : {std::string("{}"), std::string(R"({"message":"hello"})"),
                                   std::string(R"({"message":{},"participants":[]})"), large}) {
    EXPECT_EQ(announce(wrong).status, 400) << wrong;
  }
}

TEST_F(HttpActions, AnnounceIsLimitedForEachRoom) {
  Settings settings;
  settings.clock = +[] { return kNsPerS; };
  start(settings);
  connect("ann");
  json("PUT", "/v1/rooms/red", "{}");
  for (int i = 0; i < 10; ++i) ASSERT_EQ(announce(R"({"message":{}})").status, 200) << i;
  const Answer refused = announce(R"({"message":{}})");
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.header("ratelimit-policy").find("\"announcements\";q=10"), std::string::npos);
  EXPECT_EQ(json("POST", "/v1/rooms/red/announce", R"({"message":{}})").status, 200);
}

}  // namespace
}  // namespace veche::http
