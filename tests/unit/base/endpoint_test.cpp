// SPDX-License-Identifier: Apache-2.0
// Tests of what counts as an IP address and a port.
#include "base/endpoint.hpp"

#include <gtest/gtest.h>

namespace veche {
namespace {

TEST(Endpoint, IsAnAddressAndAPort) {
  struct Case {
    const char* text;
    const char* host;
    uint16_t port;
  };
  const Case cases[] = {
      {"127.0.0.1:8080", "127.0.0.1", 8080},
      {"0.0.0.0:0", "0.0.0.0", 0},
      {"10.0.0.1:65535", "10.0.0.1", 65535},
      {"[::1]:8080", "::1", 8080},
      {"[::]:1", "::", 1},
      {"[::ffff:1.2.3.4]:5", "::ffff:1.2.3.4", 5},
  };
  for (const Case& each : cases) {
    const auto endpoint = parse_endpoint(each.text);
    ASSERT_TRUE(endpoint) << each.text;
    EXPECT_EQ(endpoint->host, each.host);
    EXPECT_EQ(endpoint->port, each.port);
  }
}

TEST(Endpoint, IsNothingElse) {
  using namespace std::string_view_literals;
  const std::string_view cases[] = {
      "",
      "127.0.0.1",
      "127.0.0.1:",
      ":8080",
      "127.0.0.1:65536",
      "1.2.3.4:x",
      "1.2.3.4:-1",
      "1.2.3.4:+1",
      "1.2.3.4: 1",
      "1.2.3.4:1 ",
      "::1:8080",
      "[1.2.3.4]:80",
      "[::1]",
      "[]:80",
      "[::1:80",
      "::1]:80",
      "localhost:8080",
      "example.com:443",
      "1.2.3:80",
      "[fe80::1%eth0]:80",
      "1.2.3.4\0:80"sv,
  };
  for (const std::string_view text : cases) EXPECT_FALSE(parse_endpoint(text)) << text;
}

TEST(Endpoint, KnowsIpAddresses) {
  using namespace std::string_view_literals;
  for (const char* text : {"1.2.3.4", "0.0.0.0", "::", "2001:db8::7", "::ffff:1.2.3.4"}) {
    EXPECT_TRUE(is_ip_address(text)) << text;
  }
  for (const std::string_view text : {""sv, "1.2.3"sv, "1.2.3.4:5"sv, "[::1]"sv, "localhost"sv,
                                      "fe80::1%eth0"sv, "1.2.3.4\0"sv}) {
    EXPECT_FALSE(is_ip_address(text)) << text;
  }
}

}  // namespace
}  // namespace veche
