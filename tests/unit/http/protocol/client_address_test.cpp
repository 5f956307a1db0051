// SPDX-License-Identifier: Apache-2.0
// Whose request it is, as trusted and other proxies tell it.
#include "http/protocol/client_address.hpp"

#include <gtest/gtest.h>

namespace veche::http {
namespace {

constexpr ForwardedField kOld = ForwardedField::XForwardedFor;
constexpr ForwardedField kNew = ForwardedField::Forwarded;

TEST(ClientAddress, IsWhatTheLastTrustedProxySays) {
  const struct {
    ForwardedField field;
    const char* peer;
    const char* value;
    const char* client;
  } cases[] = {
      {kOld, "203.0.113.9", "", "203.0.113.9"},
      {kOld, "203.0.113.9", "192.0.2.1", "203.0.113.9"},  // A stranger's word.
      {kOld, "10.1.2.3", "", "10.1.2.3"},
      {kOld, "10.1.2.3", "192.0.2.1", "192.0.2.1"},
      {kOld, "::ffff:10.1.2.3", "192.0.2.1", "192.0.2.1"},
      {kOld, "10.1.2.3", "6.6.6.6, 192.0.2.1", "192.0.2.1"},  // The client made 6.6.6.6 up.
      {kOld, "10.1.2.3", "6.6.6.6, 192.0.2.1, 10.9.9.9", "192.0.2.1"},  // Two of our proxies.
      {kOld, "10.1.2.3", "10.9.9.9", "10.9.9.9"},                       // A proxy's own request.
      {kOld, "10.1.2.3", "192.0.2.1, unknown", "10.1.2.3"},
      {kOld, "10.1.2.3", "192.0.2.1:4711", "192.0.2.1"},
      {kOld, "10.1.2.3", "[2001:db8::1]:4711", "2001:db8::1"},
      {kOld, "10.1.2.3", " 2001:DB8:0::1 ", "2001:db8::1"},
      {kOld, "fd00::7", "192.0.2.1", "192.0.2.1"},
      {kOld, "10.1.2.3", ",,,", "10.1.2.3"},
      {kOld, "10.1.2.3", "192.0.2.1 192.0.2.2", "10.1.2.3"},
      {kNew, "10.1.2.3", "for=192.0.2.1", "192.0.2.1"},
      {kNew, "10.1.2.3", "For=\"[2001:db8::1]:4711\";proto=https", "2001:db8::1"},
      {kNew, "10.1.2.3", "for=6.6.6.6;by=203.0.113.1, proto=http;for=192.0.2.1", "192.0.2.1"},
      {kNew, "10.1.2.3", "for=192.0.2.1, for=_hidden", "10.1.2.3"},
      {kNew, "10.1.2.3", "for=192.0.2.1;by=\"a, for=6.6.6.6\"", "192.0.2.1"},
      {kNew, "10.1.2.3", "for=\"192.0.2.1", "10.1.2.3"},
      {kNew, "10.1.2.3", "for=[::1", "10.1.2.3"},
      {kNew, "10.1.2.3", "for=", "10.1.2.3"},
      {kNew, "10.1.2.3", "192.0.2.1", "10.1.2.3"},
  };
  for (const auto& [field, peer, value, client] : cases) {
    const auto proxies = Proxies::create({"10.0.0.0/8", "fd00::7"}, field);
    ASSERT_TRUE(proxies.ok());
    EXPECT_EQ(proxies->client_of(peer, value), client) << peer << " " << value;
  }
}

TEST(ClientAddress, LooksAtABoundedPartOfTheChain) {
  const auto proxies = Proxies::create({"10.0.0.0/8"}, kOld);
  std::string chain = "192.0.2.1";
  for (int i = 0; i < 100'000; ++i) chain += ", 10.1.1.1";
  EXPECT_EQ(proxies->client_of("10.1.2.3", chain), "10.1.1.1");
}

TEST(ClientAddress, TakesProxiesAsAddressesAndPrefixes) {
  EXPECT_TRUE(Proxies::create({"127.0.0.1", "::1", "2001:db8::/32"}, kOld).ok());
  for (const char* bad : {"", "proxy.example.org", "10.0.0.0/33", "10.0.0.1/8"}) {
    EXPECT_FALSE(Proxies::create({bad}, kOld).ok()) << bad;
  }
  EXPECT_FALSE(Proxies().trusts("127.0.0.1")) << "none by default";
}

TEST(ClientAddress, OfASubscriberIsAPrefixInIpv6) {
  EXPECT_EQ(subscriber_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(subscriber_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(subscriber_of("2001:db8:1:2::7"), "2001:db8:1:2::/64");
  EXPECT_EQ(canonical_address("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(canonical_address("nobody"), "");
}

}  // namespace
}  // namespace veche::http
