// SPDX-License-Identifier: Apache-2.0
// Limits of the API and the proxies in front of it, as the configuration says them.
#include "parse_config.hpp"

namespace veche::main {
namespace {

using test::bad;
using test::good;

TEST(ConfigLimits, HaveTheDefaultsOfTheirLayer) {
  const http::Settings settings = good("{}").http;
  EXPECT_EQ(settings.limits, http::RateLimits{});
  EXPECT_EQ(settings.connections, http::ConnectionLimits{});
  EXPECT_TRUE(settings.trusted_proxies.empty());
  EXPECT_EQ(settings.forwarded_field, http::ForwardedField::XForwardedFor);
}

TEST(ConfigLimits, AreReadOneByOne) {
  const http::Settings settings = good(R"({"http": {
    "trusted_proxies": ["127.0.0.1", "10.0.0.0/8", "fd00::/8"], "forwarded_field": "Forwarded",
    "limits": {"offers": {"burst": 1, "per_s": 2}, "commands": {"burst": 3, "per_s": 4},
               "invitations": {"burst": 5, "per_s": 6}, "reads": {"burst": 7, "per_s": 8},
               "changes": {"burst": 9, "per_s": 10}, "participant": {"burst": 11, "per_s": 12},
               "address": {"burst": 0},
               "announcements": {"burst": 15, "per_s": 16}, "connections_per_address": 13, "connections": 14}}})")
                                      .http;
  EXPECT_EQ(settings.trusted_proxies.size(), 3u);
  EXPECT_EQ(settings.forwarded_field, http::ForwardedField::Forwarded);
  EXPECT_EQ(settings.limits.offers, (http::Rate{1, 2}));
  EXPECT_EQ(settings.limits.commands, (http::Rate{3, 4}));
  EXPECT_EQ(settings.limits.invitations, (http::Rate{5, 6}));
  EXPECT_EQ(settings.limits.reads, (http::Rate{7, 8}));
  EXPECT_EQ(settings.limits.changes, (http::Rate{9, 10}));
  EXPECT_EQ(settings.limits.participant, (http::Rate{11, 12}));
  EXPECT_EQ(settings.limits.address, (http::Rate{0, 1000}));
  EXPECT_EQ(settings.limits.announcements, (http::Rate{15, 16}));
  EXPECT_EQ(settings.connections, (http::ConnectionLimits{13, 14}));
}

TEST(ConfigLimits, SayWhatIsAllowed) {
  EXPECT_EQ(bad(R"({"http": {"trusted_proxies": ["proxy.example.org"]}})"),
            "f: /http/trusted_proxies/0: \"proxy.example.org\" is not allowed; allowed: an IP "
            "address, or a prefix like \"10.0.0.0/8\"\n");
  EXPECT_NE(bad(R"({"http": {"limits": {"offers": {"per_s": 0}}}})")
                .find("/http/limits/offers/per_s: 0 is not allowed"),
            std::string::npos);
}

}  // namespace
}  // namespace veche::main
