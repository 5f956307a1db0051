// SPDX-License-Identifier: Apache-2.0
// Which family a listening socket takes: IPv4 and IPv6 on one port, alone and beside each other.
#include "http/connection/listen.hpp"

#include <gtest/gtest.h>

namespace veche::http {
namespace {

/// The port of a socket.
std::string port_of(GSocket* socket) {
  const std::string url = url_of(socket, false);
  return url.substr(url.rfind(':') + 1);
}

/// One that was free a moment ago, for both families.
std::string free_port() {
  const auto socket = listen_on("[::]:0", {});
  return socket ? port_of(socket->get()) : "no IPv6";
}

bool connects(const std::string& host, const std::string& port) {
  const glib::Ref<GSocketAddress> address = glib::adopt(
      g_inet_socket_address_new_from_string(host.c_str(), static_cast<guint>(std::stoi(port))));
  const glib::Ref<GSocket> client =
      glib::adopt(g_socket_new(g_socket_address_get_family(address.get()), G_SOCKET_TYPE_STREAM,
                               G_SOCKET_PROTOCOL_TCP, nullptr));
  return g_socket_connect(client.get(), address.get(), nullptr, nullptr) != FALSE;
}

class Listen : public testing::Test {
 protected:
  void SetUp() override {
    if (port == "no IPv6") GTEST_SKIP() << "this machine has no IPv6";
  }
  const std::string port = free_port();
};

TEST_F(Listen, OnEveryIpv6AddressTakesIpv4Too) {
  const auto both = listen_on("[::]:" + port, {"[::]:" + port, "[::1]:1", "127.0.0.1:1"});
  ASSERT_TRUE(both.ok()) << both.error().message;
  EXPECT_TRUE(connects("127.0.0.1", port));
  EXPECT_TRUE(connects("::1", port));
}

TEST_F(Listen, OnBothFamiliesOfOnePort) {
  for (const std::string v4 : {"0.0.0.0:", "127.0.0.1:"}) {
    const std::vector<std::string> all = {v4 + port, "[::]:" + port};
    for (const bool v6_first : {false, true}) {
      const auto one = listen_on(all[v6_first ? 1 : 0], all);
      ASSERT_TRUE(one.ok()) << one.error().message;
      EXPECT_FALSE(connects(v6_first ? "127.0.0.1" : "::1", port));
      const auto other = listen_on(all[v6_first ? 0 : 1], all);
      ASSERT_TRUE(other.ok()) << other.error().message;
      EXPECT_TRUE(connects("127.0.0.1", port));
      EXPECT_TRUE(connects("::1", port));
    }
  }
}

}  // namespace
}  // namespace veche::http
