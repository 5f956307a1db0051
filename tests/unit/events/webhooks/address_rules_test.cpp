// SPDX-License-Identifier: Apache-2.0
// Which addresses are public, and which of the others the server connects to.
#include "events/webhooks/address_rules.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace veche::events {
namespace {

union Address {
  sockaddr any;
  sockaddr_in four;
  sockaddr_in6 six;
};

Address address(const char* text) {
  Address made{};
  if (inet_pton(AF_INET, text, &made.four.sin_addr) == 1) {
    made.four.sin_family = AF_INET;
  } else {
    EXPECT_EQ(inet_pton(AF_INET6, text, &made.six.sin6_addr), 1) << text;
    made.six.sin6_family = AF_INET6;
  }
  return made;
}

TEST(AddressRules, KnowEachBlockByItsFirstAndLastAddressAndItsNeighbours) {
  struct Case {
    const char* text;
    Reach reach;
  };
  const Case cases[] = {
      {"8.8.8.8", Reach::Public},
      {"0.0.0.0", Reach::Nowhere},
      {"0.255.255.255", Reach::Nowhere},
      {"1.0.0.0", Reach::Public},
      {"9.255.255.255", Reach::Public},
      {"10.0.0.0", Reach::Private},
      {"10.255.255.255", Reach::Private},
      {"11.0.0.0", Reach::Public},
      {"100.63.255.255", Reach::Public},
      {"100.64.0.0", Reach::Private},
      {"100.127.255.255", Reach::Private},
      {"100.128.0.0", Reach::Public},
      {"127.0.0.1", Reach::Loopback},
      {"127.255.255.255", Reach::Loopback},
      {"169.254.169.254", Reach::Private},
      {"172.15.255.255", Reach::Public},
      {"172.16.0.0", Reach::Private},
      {"172.31.255.255", Reach::Private},
      {"172.32.0.0", Reach::Public},
      {"192.168.0.1", Reach::Private},
      {"192.169.0.0", Reach::Public},
      {"198.18.0.1", Reach::Private},
      {"203.0.113.7", Reach::Nowhere},
      {"223.255.255.255", Reach::Public},
      {"224.0.0.1", Reach::Nowhere},
      {"255.255.255.255", Reach::Nowhere},
      {"::", Reach::Nowhere},
      {"::1", Reach::Loopback},
      {"::2", Reach::Nowhere},
      {"2606:4700::1111", Reach::Public},
      {"2001:db8::1", Reach::Nowhere},
      {"2001:0:1234::1", Reach::Private},
      {"fc00::1", Reach::Private},
      {"fdff::1", Reach::Private},
      {"fe80::1", Reach::Private},
      {"febf::1", Reach::Private},
      {"fec0::1", Reach::Private},
      {"ff02::1", Reach::Nowhere},
      {"4000::1", Reach::Nowhere},
      // IPv4 within IPv6.
      {"::ffff:127.0.0.1", Reach::Loopback},
      {"::ffff:10.0.0.1", Reach::Private},
      {"::ffff:8.8.8.8", Reach::Public},
      {"64:ff9b::10.0.0.1", Reach::Private},
      {"64:ff9b::8.8.8.8", Reach::Public},
      {"2002:a00:1::", Reach::Private},
      {"2002:7f00:1::", Reach::Loopback},
      {"2002:808:808::", Reach::Public},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(reach_of(address(each.text).any), each.reach) << each.text;
  }
  Address other{};
  other.any.sa_family = AF_UNIX;
  EXPECT_EQ(reach_of(other.any), Reach::Nowhere);
}

TEST(AddressRules, RefuseByDefaultEverythingButPublicAddressesOverTls) {
  struct Case {
    const char* text;
    bool is_encrypted;
    AddressRules rules;
    const char* refusal;  ///< A part of it; empty: none.
  };
  const AddressRules strict, private_too{.allow_private = true}, http_too{.allow_http = true},
      all{.allow_private = true, .allow_http = true};
  const Case cases[] = {
      {"8.8.8.8", true, strict, ""},
      {"8.8.8.8", false, strict, "webhooks_allow_http"},
      {"8.8.8.8", false, http_too, ""},
      {"10.0.0.1", true, strict, "webhooks_allow_private"},
      {"10.0.0.1", true, private_too, ""},
      {"10.0.0.1", false, private_too, "webhooks_allow_http"},
      {"10.0.0.1", false, all, ""},
      {"127.0.0.1", true, strict, "webhooks_allow_private"},
      {"127.0.0.1", false, http_too, "webhooks_allow_private"},
      {"127.0.0.1", false, private_too, ""},
      {"::1", false, private_too, ""},
      {"0.0.0.0", true, all, "no machine"},
      {"ff02::1", true, all, "no machine"},
  };
  for (const Case& each : cases) {
    const std::string refusal = refusal_of(address(each.text).any, each.is_encrypted, each.rules);
    if (*each.refusal == '\0') {
      EXPECT_EQ(refusal, "") << each.text;
    } else {
      EXPECT_NE(refusal.find(each.refusal), std::string::npos) << each.text << ": " << refusal;
      EXPECT_EQ(refusal.find(each.text), 0U) << refusal;
    }
  }
}

}  // namespace
}  // namespace veche::events
