// SPDX-License-Identifier: Apache-2.0
// The limits of requests over HTTP: 429, the fields that say so, and whose bucket it is.
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "http_fixture.hpp"

namespace veche::http {
namespace {

class HttpLimits : public HttpTest {
 protected:
  void SetUp() override {
    log::configure(log::Level::Error, log::Format::Text);
    now_ns = kNsPerS;
    start({});
  }
  void TearDown() override {
    HttpTest::TearDown();
    log::configure(log::Level::Info, log::Format::Text);
  }
  void start(Settings settings) {
    settings.clock = +[] { return now_ns; };
    HttpTest::start(std::move(settings));
  }
  void pass_ms(int64_t ms) { now_ns += ms * kNsPerMs; }

  /// Of an offer that is outside the profile: a try counts.
  Answer offer(const std::string& participant, const std::string& key = "dev.devsecret") {
    return call({.method = "POST",
                 .path = "/v1/rooms/blue/participants/" + participant + "/session",
                 .body = "no offer",
                 .content_type = "application/sdp",
                 .key = key});
  }
  std::string token_of(const std::string& participant) {
    const Answer invited =
        json("POST", "/v1/rooms/blue/participants", R"({"id":")" + participant + "\"}");
    const size_t begin = invited.body.find("\"token\":\"") + 9;
    return invited.body.substr(begin, invited.body.find('"', begin) - begin);
  }
  Answer from(const std::string& forwarded_for) {
    return call(
        {.path = "/v1/server", .key = "", .headers = "X-Forwarded-For: " + forwarded_for + "\r\n"});
  }

  static inline int64_t now_ns = 0;
};

TEST_F(HttpLimits, OffersForOneParticipantAreFiveAtOnceAndThenOneASecond) {
  const std::string token = token_of("ann");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(offer("ann", i % 2 ? token : "dev.devsecret").status, 400);
  const Answer refused = offer("ann", token);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(refused.header("content-type"), "application/problem+json");
  EXPECT_NE(refused.body.find("\"type\":\"/problems/too-many-requests\""), std::string::npos);
  EXPECT_NE(refused.body.find("At most 5 offers at once, and 1 a second"), std::string::npos);
  EXPECT_EQ(refused.header("ratelimit-policy"), "\"address\";q=5000;w=5\n\"offers\";q=5;w=5");
  EXPECT_EQ(refused.header("ratelimit"), "\"address\";r=4997;t=1\n\"offers\";r=0;t=5");
  EXPECT_EQ(offer("bob").status, 400) << "others have their own";
  pass_ms(1000);
  EXPECT_EQ(offer("ann").status, 400);
  EXPECT_EQ(offer("ann").status, 429);
}

TEST_F(HttpLimits, OfAnApiKeyAreByWhatItDoes) {
  Settings settings;
  settings.limits.reads = {2, 1};
  settings.limits.invitations = {1, 1};
  start(settings);
  EXPECT_EQ(get("/v1/server").status, 200);
  EXPECT_EQ(get("/v1/server").header("ratelimit"), "\"reads\";r=0;t=2");
  EXPECT_EQ(get("/v1/server").status, 429);
  EXPECT_EQ(call({.path = "/v1/server", .key = "eye.eyesecret"}).status, 200) << "another key";
  const std::string invitations = "/v1/rooms/blue/participants";
  EXPECT_EQ(json("POST", invitations, "{}").status, 201);
  EXPECT_EQ(json("POST", invitations, "{}").status, 429);
  EXPECT_EQ(json("PUT", "/v1/rooms/red", "{}").status, 201) << "all else goes on";
  pass_ms(1000);
  EXPECT_EQ(json("POST", invitations, "{}").status, 201);
}

TEST_F(HttpLimits, OfAJoinTokenAreItsParticipants) {
  Settings settings;
  settings.limits.participant = {2, 1};
  start(settings);
  const std::string ann = token_of("ann"), bob = token_of("bob");
  const auto read = [&](const std::string& name, const std::string& token) {
    return call({.path = "/v1/rooms/blue/participants/" + name, .key = token}).status;
  };
  EXPECT_EQ(read("ann", ann), 200);
  EXPECT_EQ(read("ann", ann), 200);
  EXPECT_EQ(read("ann", ann), 429);
  EXPECT_EQ(read("ann", "dev.devsecret"), 200) << "the backend has its own";
  EXPECT_EQ(read("bob", bob), 200);
}

TEST_F(HttpLimits, OfAStrangerAreThoseOfItsAddress) {
  Settings settings;
  settings.limits.address = {2, 1};
  start(settings);
  EXPECT_EQ(from("").status, 401);
  EXPECT_EQ(call({.path = "/v1/server", .key = "a.b.c"}).status, 401);
  const Answer refused = from("192.0.2.1");
  EXPECT_EQ(refused.status, 429) << "nobody believes a stranger's header";
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(get("/v1/server").status, 200) << "an API key of the same address has its own";
  EXPECT_EQ(call({.path = "/healthz", .key = ""}).status, 200) << "a probe is always answered";
}

TEST_F(HttpLimits, BehindAProxyAreThoseOfEachClient) {
  Settings settings;
  settings.limits.address = {1, 1};
  settings.trusted_proxies = {"127.0.0.0/8"};
  start(settings);
  EXPECT_EQ(from("192.0.2.1").status, 401);
  EXPECT_EQ(from("192.0.2.2").status, 401);
  EXPECT_EQ(from("192.0.2.1").status, 429);
  EXPECT_EQ(from("6.6.6.6, 192.0.2.1").status, 429) << "what the client made up";
  EXPECT_EQ(from("2001:db8::1").status, 401);
  EXPECT_EQ(from("2001:db8::2").status, 429) << "one subscriber has many such addresses";
}

TEST_F(HttpLimits, ChangeWithAReload) {
  Settings settings;
  settings.keys = {{"dev", "devsecret", {"admin"}}};
  settings.limits.reads = {1, 1};
  ASSERT_TRUE(server->use(settings).ok());
  EXPECT_EQ(get("/v1/server").status, 200);
  EXPECT_EQ(get("/v1/server").status, 429);
  settings.limits.reads = {0, 1};
  ASSERT_TRUE(server->use(settings).ok());
  EXPECT_EQ(get("/v1/server").status, 200);
}

}  // namespace
}  // namespace veche::http
