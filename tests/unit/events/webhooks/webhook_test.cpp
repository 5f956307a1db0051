// SPDX-License-Identifier: Apache-2.0
// Which webhooks are allowed, and which rooms they take.
#include "events/webhooks/webhook.hpp"

#include <gtest/gtest.h>

namespace veche::events {
namespace {

Webhook sound() {
  return {.name = "ops",
          .url = "https://backend.example.org/events?tenant=1",
          .secrets = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
          .types = {"participant.*", "room.closed"},
          .rooms = {"blue", "lesson-*"}};
}

/// "POINTER: DETAIL" of each problem.
std::string problems(const Webhook& webhook, const AddressRules& rules = {}) {
  std::string text;
  for (const FieldProblem& each : problems_of(webhook, rules)) {
    text += each.pointer + ": " + each.detail + "\n";
  }
  return text;
}

TEST(Webhook, IsAllowedWhenItIsSound) { EXPECT_EQ(problems(sound()), ""); }

TEST(Webhook, SaysWhichFieldIsWrong) {
  Webhook webhook = sound();
  webhook.name = "a/b";
  webhook.secrets.emplace_back("secret");
  webhook.types.emplace_back("Participant Joined");
  webhook.rooms = {"*", "a b", "fine"};
  const std::string text = problems(webhook);
  for (const char* pointer :
       {"/name: ", "/secrets/1: ", "/types/2: ", "/rooms/0: ", "/rooms/1: "}) {
    EXPECT_NE(text.find(pointer), std::string::npos) << pointer << " in " << text;
  }
  EXPECT_EQ(text.find("/rooms/2"), std::string::npos) << text;
  EXPECT_EQ(text.find("/url"), std::string::npos) << text;
}

TEST(Webhook, HasAUrlThatTheServerMayConnectTo) {
  struct Case {
    const char* url;
    AddressRules rules;
    const char* problem;  ///< A part of it; empty: none.
  };
  const AddressRules strict, private_too{.allow_private = true}, http_too{.allow_http = true};
  const Case cases[] = {
      {"https://backend.example.org", strict, ""},
      {"https://8.8.8.8:8443/x", strict, ""},
      {"https://[2606:4700::1111]/x", strict, ""},
      {"backend.example.org/events", strict, "no URL"},
      {"https://", strict, "no URL"},
      {"https://a b/", strict, "no URL"},
      {"ftp://backend.example.org/", strict, "neither https nor http"},
      {"file:///etc/passwd", strict, "neither https nor http"},
      {"https://user:password@backend.example.org/", strict, "has a user"},
      {"https://backend.example.org/#part", strict, "has a fragment"},
      {"http://backend.example.org/", strict, "webhooks_allow_http"},
      {"http://backend.example.org/", http_too, ""},
      {"http://8.8.8.8/", strict, "webhooks_allow_http"},
      {"https://10.0.0.1/", strict, "webhooks_allow_private"},
      {"https://10.0.0.1/", private_too, ""},
      {"https://[::1]/", strict, "webhooks_allow_private"},
      // libcurl takes these for addresses, as other programs do.
      {"https://0x7f.1/", strict, "webhooks_allow_private"},
      {"https://2130706433/", strict, "webhooks_allow_private"},
      {"http://127.0.0.1:9000/", strict, "webhooks_allow_private"},
      {"http://127.0.0.1:9000/", private_too, ""},
      {"http://localhost:9000/", private_too, ""},
      {"https://0.0.0.0/", private_too, "no machine"},
  };
  for (const Case& each : cases) {
    Webhook webhook = sound();
    webhook.url = each.url;
    const std::string text = problems(webhook, each.rules);
    if (*each.problem == '\0') {
      EXPECT_EQ(text, "") << each.url;
    } else {
      EXPECT_EQ(text.find("/url: "), 0U) << each.url << ": " << text;
      EXPECT_NE(text.find(each.problem), std::string::npos) << each.url << ": " << text;
    }
  }
}

TEST(Webhook, TakesItsRoomsAndWhatTellsOfAGap) {
  Webhook webhook = sound();
  Event event;
  event.type = "participant.joined";
  const auto takes = [&](const char* room) {
    event.room = room;
    return takes_room_of(webhook, event);
  };
  EXPECT_TRUE(takes("blue"));
  EXPECT_TRUE(takes("lesson-1"));
  EXPECT_TRUE(takes("lesson-"));
  EXPECT_FALSE(takes("blue2"));
  EXPECT_FALSE(takes("lesson"));
  EXPECT_FALSE(takes("")) << "the server's own";
  event.type = kGapType;
  EXPECT_TRUE(takes(""));
  event.type = "server.started";
  webhook.rooms.clear();
  EXPECT_TRUE(takes(""));
  EXPECT_TRUE(takes("anything"));
}

}  // namespace
}  // namespace veche::events
