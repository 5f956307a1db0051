// SPDX-License-Identifier: Apache-2.0
// The default limits in virtual time: they refuse nobody honest.
#include "http/api/request_limits.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/log.hpp"
#include "base/time.hpp"

namespace veche::http {
namespace {

class RequestLimitsTest : public testing::Test {
 protected:
  void SetUp() override {
    log::configure(log::Level::Error, log::Format::Text);
    now_ns_ = kNsPerS;
  }
  void TearDown() override { log::configure(log::Level::Info, log::Format::Text); }

  bool takes(Limit limit, const std::string& key) { return limits_.take(limit, key).is_granted; }
  static void pass(int64_t ns) { now_ns_ += ns; }

  RequestLimits limits_{RateLimits{}, +[] { return now_ns_; }};

 private:
  static inline int64_t now_ns_ = 0;
};

TEST_F(RequestLimitsTest, AnOfficeOf300JoinsWithinTenSecondsFromOneAddress) {
  // A page with its files, a token, an offer, events, ICE servers, and a second attempt of each.
  constexpr int kRequestsEach = 30;
  for (int person = 0; person < 300; ++person) {
    const std::string name = participant_key("lobby", std::to_string(person));
    for (int i = 0; i < kRequestsEach; ++i) {
      ASSERT_TRUE(takes(Limit::Address, "203.0.113.7")) << person;
    }
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(takes(Limit::Offers, name));
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(takes(Limit::Participant, name));
    pass(10 * kNsPerS / 300);
  }
}

TEST_F(RequestLimitsTest, ABackendInvitesAndRelays500OffersASecondWithOneKey) {
  for (int i = 0; i < 60 * 500; ++i) {
    ASSERT_TRUE(takes(Limit::Invitations, "backend")) << i;
    ASSERT_TRUE(takes(Limit::Changes, "backend")) << i;
    ASSERT_TRUE(takes(Limit::Reads, "backend")) << i;
    ASSERT_TRUE(takes(Limit::Offers, participant_key("lobby", std::to_string(i)))) << i;
    pass(kNsPerS / 500);
  }
}

TEST_F(RequestLimitsTest, AHundredClientsOfALoadTestJoinAtOnceFromLoopback) {
  for (int client = 0; client < 100; ++client) {
    const std::string name = participant_key("load", std::to_string(client));
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(takes(Limit::Address, "127.0.0.1"));
    ASSERT_TRUE(takes(Limit::Offers, name));
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(takes(Limit::Commands, name));
  }
}

TEST_F(RequestLimitsTest, OneTokenThatPostsOffersInALoopGetsFiveAndThenOneASecond) {
  int granted = 0;
  for (int i = 0; i < 10'000; ++i) {
    granted += takes(Limit::Offers, "lobby/eve") ? 1 : 0;
    pass(kNsPerMs);
  }
  EXPECT_EQ(granted, 5 + 9);
  EXPECT_TRUE(takes(Limit::Offers, "lobby/ann")) << "which costs nobody else anything";
}

TEST_F(RequestLimitsTest, CountsWhatItRefuses) {
  for (int i = 0; i < 7; ++i) takes(Limit::Offers, "lobby/eve");
  std::string counted;
  MetricSink sink([&](const MetricSample& sample) {
    if (sample.value != 0) {
      counted += std::string(sample.labels[0].value) + " " + std::to_string(sample.value);
    }
  });
  limits_.put_metrics(sink);
  EXPECT_EQ(counted, "offers 2");
}

}  // namespace
}  // namespace veche::http
