// SPDX-License-Identifier: Apache-2.0
// One webhook between a log and a receiver that the test plays.
#include <gtest/gtest.h>

#include "events/webhooks/signature.hpp"
#include "webhooks_fixture.hpp"

namespace veche::events {
namespace {

class EndpointTest : public WebhooksTest {
 protected:
  void SetUp() override { start(); }
};

TEST_F(EndpointTest, PostsTheEnvelopeSignedForTheSecondOfTheAttempt) {
  add(webhook());
  append("blue");
  expect_open(1);
  const Attempt& attempt = courier->attempts.at(0);
  EXPECT_EQ(attempt.url, "https://backend.example.org/ops");
  EXPECT_NE(attempt.body.find(R"("type":"participant.joined")"), std::string::npos) << attempt.body;
  EXPECT_NE(attempt.body.find(R"("room":"blue")"), std::string::npos) << attempt.body;
  EXPECT_EQ(header_of(attempt, "webhook-timestamp"), "4000000000");
  const std::string id = header_of(attempt, "webhook-id");
  EXPECT_EQ(header_of(attempt, "webhook-signature"),
            signatures({key_of_secret(kSecret).value()}, id, 4000000000, attempt.body));
}

TEST_F(EndpointTest, HasTheSameIdAtEachAttemptAndAnotherForEachWebhook) {
  Endpoint& endpoint = add(webhook());
  append("blue");
  expect_open(1);
  courier->answer({.status = 500, .reason = "it answered 500"});
  ASSERT_TRUE(endpoint.failure().has_value());
  EXPECT_EQ(endpoint.failure()->outcome.status, 500);
  EXPECT_EQ(courier->open(), 0U);
  // A test that the receiver takes does not let it wait.
  bool is_tested = false;
  EXPECT_TRUE(
      endpoint.test([&](const Outcome& outcome, int64_t) { is_tested = outcome.is_delivered(); }));
  courier->answer({.status = 200});
  EXPECT_TRUE(is_tested);
  EXPECT_FALSE(endpoint.failure().has_value());
  ASSERT_EQ(courier->attempts.size(), 3U);
  EXPECT_NE(courier->attempts[1].body.find("webhook.test"), std::string::npos);
  EXPECT_EQ(header_of(courier->attempts[0], "webhook-id"),
            header_of(courier->attempts[2], "webhook-id"));
  EXPECT_EQ(courier->attempts[0].body, courier->attempts[2].body);
  courier->answer({.status = 204});
  EXPECT_EQ(endpoint.last_delivered_unix_ms(), kNowUnixMs);
  EXPECT_EQ(endpoint.backlog(), 0U);
  add(webhook("other"));
  append("blue");
  expect_open(2);
  EXPECT_NE(header_of(courier->attempts[3], "webhook-id"),
            header_of(courier->attempts[4], "webhook-id"));
}

TEST_F(EndpointTest, GetsTheRoomsAndTypesThatItWants) {
  Webhook narrow = webhook();
  narrow.types = {"room.*"};
  narrow.rooms = {"lesson-*"};
  Endpoint& endpoint = add(narrow);
  append("lesson-1", "participant.joined");
  append("blue", "room.closed");
  append("", "server.draining");
  append("lesson-1", "room.closed");
  expect_open(1);
  EXPECT_EQ(courier->attempts.size(), 1U) << bodies();
  EXPECT_NE(bodies().find("lesson-1"), std::string::npos);
  EXPECT_NE(bodies().find("room.closed"), std::string::npos);
  EXPECT_EQ(endpoint.read(), log->newest());
}

TEST_F(EndpointTest, AnswersOneTestAtATimeAlsoWhenItIsRemovedMeanwhile) {
  Endpoint& endpoint = add(webhook());
  std::string reason;
  const auto done = [&](const Outcome& outcome, int64_t) { reason = outcome.reason; };
  EXPECT_TRUE(endpoint.test(done));
  EXPECT_FALSE(endpoint.test(done));
  EXPECT_TRUE(webhooks->remove("ops").ok());
  EXPECT_EQ(reason, "the webhook was removed");
  EXPECT_EQ(courier->open(), 0U);
}

TEST_F(EndpointTest, StopsWhenTheReceiverIsGoneUntilATestIsTaken) {
  Endpoint& endpoint = add(webhook());
  append("blue");
  expect_open(1);
  courier->answer({.status = 410, .reason = "it answered 410"});
  EXPECT_EQ(endpoint.refused(), "it answered 410");
  EXPECT_FALSE(endpoint.is_active());
  append("red");
  EXPECT_EQ(courier->open(), 0U);
  endpoint.test([](const Outcome&, int64_t) {});
  courier->answer({.status = 500, .reason = "it answered 500"});
  EXPECT_FALSE(endpoint.is_active());
  endpoint.test([](const Outcome&, int64_t) {});
  courier->answer({.status = 200});
  EXPECT_TRUE(endpoint.is_active());
  expect_open(2);
  EXPECT_NE(bodies().find("red"), std::string::npos) << bodies();
}

TEST_F(EndpointTest, DeliversAgainFromAnIdOn) {
  Endpoint& endpoint = add(webhook());
  const uint64_t begin = log->newest();
  for (int i = 0; i < 3; ++i) {
    append("blue");
    expect_open(1);
    courier->answer({.status = 204});
  }
  ASSERT_EQ(courier->attempts.size(), 3U);
  EXPECT_TRUE(webhooks->replay("ops", begin).ok());
  for (int i = 0; i < 3; ++i) {
    expect_open(1);
    courier->answer({.status = 204});
  }
  ASSERT_EQ(courier->attempts.size(), 6U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(header_of(courier->attempts[i], "webhook-id"),
              header_of(courier->attempts[i + 3], "webhook-id"));
  }
  // Forward too: over an event that cannot be delivered.
  append("blue");
  expect_open(1);
  EXPECT_TRUE(webhooks->replay("ops", log->newest()).ok());
  EXPECT_EQ(courier->open(), 0U);
  EXPECT_EQ(endpoint.backlog(), 0U);
  const Status beyond = webhooks->replay("ops", log->newest() + 1);
  ASSERT_FALSE(beyond.ok());
  EXPECT_EQ(beyond.error().fields.at(0).pointer, "/after");
}

TEST_F(EndpointTest, SignsWithBothSecretsWhileOneReplacesTheOther) {
  add(webhook());
  Webhook both = webhook();
  both.secrets.insert(both.secrets.begin(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  EXPECT_TRUE(webhooks->change("ops", both).ok());
  append("blue");
  expect_open(1);
  const std::string value = header_of(courier->attempts.at(0), "webhook-signature");
  EXPECT_EQ(value.rfind("v1,", 0), 0U);
  EXPECT_NE(value.find(" v1,"), std::string::npos) << value;
}

TEST_F(EndpointTest, ASlowReceiverDelaysOnlyItsOwnWebhook) {
  add(webhook("slow"));
  add(webhook("quick"));
  append("blue");
  expect_open(2);
  // "quick" comes first by name; its receiver answers, the other one does not.
  courier->answer({.status = 204});
  append("blue");
  expect_open(2);
  EXPECT_EQ(webhooks->all().at("quick")->backlog(), 1U);
  EXPECT_EQ(webhooks->all().at("slow")->backlog(), 2U);
}

}  // namespace
}  // namespace veche::events
