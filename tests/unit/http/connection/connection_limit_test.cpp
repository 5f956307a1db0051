// SPDX-License-Identifier: Apache-2.0
// Connections are counted by address and in total, and forgotten when they end.
#include "http/connection/connection_limit.hpp"

#include <gtest/gtest.h>

#include "../http_fixture.hpp"
#include "base/log.hpp"

namespace veche::http {
namespace {

using Verdict = ConnectionCounts::Verdict;

TEST(ConnectionCounts, RefusesOneTooManyOfAnAddressAndInTotal) {
  ConnectionCounts counts;
  constexpr ConnectionLimits kLimits{.per_address = 2, .total = 4};
  EXPECT_EQ(counts.begin("a", false, kLimits), Verdict::Welcome);
  EXPECT_EQ(counts.begin("a", false, kLimits), Verdict::Welcome);
  EXPECT_EQ(counts.begin("a", false, kLimits), Verdict::TooManyOfAddress);
  EXPECT_EQ(counts.begin("a", true, kLimits), Verdict::Welcome) << "it is a proxy";
  EXPECT_EQ(counts.begin("b", false, kLimits), Verdict::Welcome);
  EXPECT_EQ(counts.begin("c", false, kLimits), Verdict::TooMany);
  counts.end("a");
  EXPECT_EQ(counts.begin("c", false, kLimits), Verdict::Welcome);
  for (const char* address : {"a", "a", "b", "c"}) counts.end(address);
  EXPECT_EQ(counts.total(), 0u);
  EXPECT_EQ(counts.addresses(), 0u) << "nothing is left of those that are gone";
}

TEST(ConnectionCounts, HaveNoLimitsIfTheyAreZero) {
  ConnectionCounts counts;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(counts.begin("a", false, {.per_address = 0, .total = 0}), Verdict::Welcome);
  }
}

class HttpConnections : public HttpTest {
 protected:
  void SetUp() override { log::configure(log::Level::Error, log::Format::Text); }
  void TearDown() override {
    HttpTest::TearDown();
    log::configure(log::Level::Info, log::Format::Text);
  }
  /// Is a new connection served?
  bool is_served() {
    RawClient client(loop, url());
    client.send(text_of({.path = "/healthz"}));
    client.receive_all();
    return client.received.rfind("HTTP/1.1 200", 0) == 0;
  }
};

TEST_F(HttpConnections, OfOneAddressAreLimitedAndComeBack) {
  Settings settings;
  settings.connections = {.per_address = 2, .total = 0};
  start(settings);
  auto first = std::make_unique<RawClient>(loop, url());
  const RawClient second(loop, url());
  run();
  EXPECT_FALSE(is_served());
  first = nullptr;
  EXPECT_TRUE(run_until([&] { return is_served(); }));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(is_served()) << "each is given back: " << i;
}

TEST_F(HttpConnections, OfAProxyAreLimitedInTotalAlone) {
  Settings settings;
  settings.connections = {.per_address = 1, .total = 3};
  settings.trusted_proxies = {"127.0.0.1"};
  start(settings);
  const RawClient first(loop, url()), second(loop, url());
  run();
  EXPECT_TRUE(is_served());
  const RawClient third(loop, url());
  run();
  EXPECT_FALSE(is_served());
}

}  // namespace
}  // namespace veche::http
