// SPDX-License-Identifier: Apache-2.0
// The lane's socket on loopback, against plain sockets.
#include "media/wire/udp_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "udp_client.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::UdpClient;
using testing::HasSubstr;
using testing::SizeIs;

std::string text_of(const UdpSocket::Datagram& datagram) {
  return {datagram.bytes.begin(), datagram.bytes.end()};
}
Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

std::unique_ptr<UdpSocket> bind_free(const std::string& address) {
  auto bound = UdpSocket::bind(address, test::free_port(address));
  EXPECT_TRUE(bound) << bound.error().message;
  return bound ? std::move(*bound) : nullptr;
}

/// If the machine has the address.
class UdpSocketTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!test::has_address(GetParam())) GTEST_SKIP() << "this machine has no " << GetParam();
    socket_ = bind_free(GetParam());
    ASSERT_NE(socket_, nullptr);
  }
  std::unique_ptr<UdpSocket> socket_;
};

TEST_P(UdpSocketTest, ReceivesAndAnswers) {
  UdpClient client(GetParam(), socket_->port());
  EXPECT_THAT(socket_->receive(), SizeIs(0));
  client.send(bytes_of("question"));
  const auto batch = socket_->receive();
  ASSERT_THAT(batch, SizeIs(1));
  EXPECT_EQ(text_of(batch[0]), "question");
  EXPECT_EQ(batch[0].from, client.address());
  EXPECT_TRUE(socket_->send(bytes_of("answer"), batch[0].from));
  EXPECT_EQ(client.receive(), bytes_of("answer"));
  EXPECT_FALSE(client.receive());
}

TEST_P(UdpSocketTest, CountsWhatTheKernelDrops) {
  UdpClient client(GetParam(), socket_->port());
  const int small = 4096;
  setsockopt(socket_->descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  EXPECT_EQ(socket_->buffer_bytes(), small);
  EXPECT_EQ(socket_->kernel_drops(), 0u);
  constexpr size_t kCount = 200;
  for (size_t i = 0; i < kCount; ++i) client.send(bytes_of(std::string(200, 'x')));
  const uint64_t dropped = socket_->kernel_drops();
  EXPECT_GT(dropped, 0u) << "before any further datagram says so";
  size_t received = 0;
  for (size_t batch = 1; batch > 0; received += batch) batch = socket_->receive().size();
  EXPECT_EQ(received + dropped, kCount);
}

TEST_P(UdpSocketTest, MarksWhatItSends) {
  const bool is_ipv6 = socket_->family() == AF_INET6;
  ASSERT_TRUE(socket_->mark(46));
  int value = 0;
  socklen_t size = sizeof value;
  getsockopt(socket_->descriptor(), is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
             is_ipv6 ? IPV6_TCLASS : IP_TOS, &value, &size);
  EXPECT_EQ(value, 46 << 2);
}

TEST_P(UdpSocketTest, ReceivesInBatchesAndLosesNothing) {
  UdpClient client(GetParam(), socket_->port());
  constexpr size_t kCount = 2 * UdpSocket::kBatch + 5;
  for (size_t i = 0; i < kCount; ++i) client.send(bytes_of(std::to_string(i)));
  size_t next = 0;
  for (const size_t expected : {UdpSocket::kBatch, UdpSocket::kBatch, size_t{5}, size_t{0}}) {
    const auto batch = socket_->receive();
    EXPECT_THAT(batch, SizeIs(expected));
    for (const auto& datagram : batch) EXPECT_EQ(text_of(datagram), std::to_string(next++));
  }
  EXPECT_EQ(next, kCount);
}

TEST_P(UdpSocketTest, CutsOffWhatIsTooLargeWithoutHarmToTheNext) {
  UdpClient client(GetParam(), socket_->port());
  client.send(Bytes(UdpSocket::kMaxDatagram, 'a'));
  client.send(Bytes(UdpSocket::kMaxDatagram + 1, 'b'));
  client.send(Bytes(60'000, 'c'));
  client.send({});
  client.send(bytes_of("d"));
  const auto batch = socket_->receive();
  ASSERT_THAT(batch, SizeIs(5));
  const std::pair<size_t, char> expected[] = {{UdpSocket::kMaxDatagram, 'a'},
                                              {UdpSocket::kMaxDatagram, 'b'},
                                              {UdpSocket::kMaxDatagram, 'c'},
                                              {0, ' '},
                                              {1, 'd'}};
  for (size_t i = 0; i < batch.size(); ++i) {
    EXPECT_EQ(text_of(batch[i]), std::string(expected[i].first, expected[i].second)) << i;
  }
}

TEST_P(UdpSocketTest, IsTheOnlyOneOnItsPort) {
  const auto second = UdpSocket::bind(GetParam(), socket_->port());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(socket_->port())));
  const uint16_t port = socket_->port();
  socket_.reset();
  EXPECT_TRUE(UdpSocket::bind(GetParam(), port)) << "it is free again";
}

INSTANTIATE_TEST_SUITE_P(Families, UdpSocketTest, testing::Values("127.0.0.1", "::1"),
                         test::family_name);

TEST(UdpSocket, TakesBothFamiliesOnOnePort) {
  if (!test::has_address("::1")) GTEST_SKIP() << "this machine has no IPv6";
  for (const auto& [v6, v4] : {std::pair("::", "0.0.0.0"), std::pair("::1", "127.0.0.1")}) {
    const auto first = bind_free(v6);
    ASSERT_NE(first, nullptr);
    auto second = UdpSocket::bind(v4, first->port());
    ASSERT_TRUE(second) << second.error().message;
    UdpClient client6("::1", first->port()), client4("127.0.0.1", first->port());
    client6.send(bytes_of("six"));
    client4.send(bytes_of("four"));
    ASSERT_THAT(first->receive(), SizeIs(1));
    const auto batch = (*second)->receive();
    ASSERT_THAT(batch, SizeIs(1));
    EXPECT_EQ(text_of(batch[0]), "four");
  }
}

TEST(UdpSocket, DoesNotSendToAnAddressThatItCannotReach) {
  const auto socket = bind_free("127.0.0.1");
  EXPECT_FALSE(socket->send(bytes_of("x"), test::address("2001:db8::1", 4000)));
  EXPECT_FALSE(socket->send(Bytes(70'000), test::address("127.0.0.1", 4000)));
  EXPECT_EQ(socket->address(), "127.0.0.1");
}

TEST(UdpSocket, SaysWhichAddressIsWrong) {
  for (const char* address : {"example.org", "", "127.0.0.1:80", "192.0.2.1", "2001:db8::7"}) {
    const auto bound = UdpSocket::bind(address, 40'000);
    ASSERT_FALSE(bound) << address;
    // Without IPv6 there is no socket at all.
    if (bound.error().code == ErrorCode::Unavailable) continue;
    EXPECT_EQ(bound.error().code, ErrorCode::InvalidArgument);
    EXPECT_THAT(bound.error().message, HasSubstr("media.addresses")) << address;
    EXPECT_THAT(bound.error().message, HasSubstr(address));
  }
}

}  // namespace
}  // namespace veche::media
