// SPDX-License-Identifier: Apache-2.0
// The outbox delivers datagrams in order, and a refusal by the kernel affects no other datagram.
#include "media/wire/outbox.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "udp_client.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::UdpClient;

/// Only counts.
class CountingPath final : public Path {
 public:
  CountingPath() : Path(2) {}
  std::span<uint8_t> begin(size_t) noexcept override { return {}; }
  void send(const rtp::PacketView&, size_t, int64_t, int64_t) noexcept override {}
};

/// The kernel refuses it: a socket needs permission to broadcast.
Address broadcast() {
  sockaddr_storage name{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&name);
  v4->sin_family = AF_INET;
  v4->sin_port = htons(9);
  v4->sin_addr.s_addr = INADDR_BROADCAST;
  return *Address::from(name, sizeof *v4);
}

class OutboxTest : public testing::Test {
 protected:
  OutboxTest()
      : socket_(*UdpSocket::bind("127.0.0.1", test::free_port("127.0.0.1"))), outbox_(*socket_) {}

  void put(Bytes bytes, const Address& to, Path& path, size_t slot = 0) {
    const std::span<uint8_t> memory = outbox_.begin();
    ASSERT_GE(memory.size(), bytes.size());
    std::memcpy(memory.data(), bytes.data(), bytes.size());
    outbox_.put(bytes.size(), to, path, bytes.size() - 1, slot);
  }

  const std::unique_ptr<UdpSocket> socket_;
  Outbox outbox_;
  CountingPath path_;
};

TEST_F(OutboxTest, SendsWhenItIsFlushedAndNotBefore) {
  UdpClient ann("127.0.0.1", socket_->port()), bob("127.0.0.1", socket_->port());
  put(Bytes(10, 'a'), ann.address(), path_, 0);
  put(Bytes(20, 'b'), bob.address(), path_, 1);
  EXPECT_FALSE(ann.receive());
  EXPECT_EQ(path_.packets.value(), 0U);
  outbox_.flush();
  EXPECT_EQ(ann.receive(), Bytes(10, 'a'));
  EXPECT_EQ(bob.receive(), Bytes(20, 'b'));
  EXPECT_EQ(path_.packets.value(), 2U);
  EXPECT_EQ(path_.bytes.value(), 9U + 19U) << "of the packets, not of what protects them";
  EXPECT_EQ(path_.slot_bytes[1].value(), 19U);
  outbox_.flush();
  EXPECT_FALSE(ann.receive()) << "nothing goes out twice";
}

TEST_F(OutboxTest, WhatIsNotPutIsForgotten) {
  UdpClient ann("127.0.0.1", socket_->port());
  std::memset(outbox_.begin().data(), 'x', 50);
  put(Bytes(3, 'a'), ann.address(), path_);
  outbox_.flush();
  EXPECT_EQ(ann.receive(), Bytes(3, 'a'));
  EXPECT_FALSE(ann.receive());
}

TEST_F(OutboxTest, SendsByItselfWhenItIsFull) {
  UdpClient ann("127.0.0.1", socket_->port());
  for (size_t i = 0; i < 2 * Outbox::kBatch + 1; ++i) {
    put(Bytes(5, static_cast<uint8_t>(i)), ann.address(), path_);
  }
  EXPECT_EQ(path_.packets.value(), 2 * Outbox::kBatch);
  outbox_.flush();
  for (size_t i = 0; i < 2 * Outbox::kBatch + 1; ++i) {
    EXPECT_EQ(ann.receive(), Bytes(5, static_cast<uint8_t>(i)));
  }
}

TEST_F(OutboxTest, HasRoomForTheLargestDatagramEachTime) {
  UdpClient ann("127.0.0.1", socket_->port());
  for (uint8_t i = 0; i < Outbox::kBatch; ++i) {
    put(Bytes(UdpSocket::kMaxDatagram, i), ann.address(), path_);
  }
  outbox_.flush();
  for (uint8_t i = 0; i < Outbox::kBatch; ++i) {
    EXPECT_EQ(ann.receive(), Bytes(UdpSocket::kMaxDatagram, i));
  }
}

TEST_F(OutboxTest, WhatTheKernelRefusesIsCountedForItsPathAlone) {
  UdpClient ann("127.0.0.1", socket_->port());
  CountingPath refused;
  put(Bytes(1, 'a'), broadcast(), refused);
  put(Bytes(2, 'b'), ann.address(), path_);
  put(Bytes(3, 'c'), broadcast(), refused);
  put(Bytes(4, 'd'), broadcast(), refused);
  put(Bytes(5, 'e'), ann.address(), path_);
  put(Bytes(6, 'f'), broadcast(), refused);
  outbox_.flush();
  EXPECT_EQ(ann.receive(), Bytes(2, 'b'));
  EXPECT_EQ(ann.receive(), Bytes(5, 'e'));
  EXPECT_EQ(path_.packets.value(), 2U);
  EXPECT_EQ(path_.failures.value(), 0U);
  EXPECT_EQ(refused.packets.value(), 0U);
  EXPECT_EQ(refused.failures.value(), 4U);
}

TEST_F(OutboxTest, AnAddressThatTheSocketCannotReachIsRefusedAtOnce) {
  if (!test::has_address("::1")) GTEST_SKIP() << "this machine has no ::1";
  UdpClient other("::1", socket_->port());
  UdpClient ann("127.0.0.1", socket_->port());
  put(Bytes(1, 'a'), other.address(), path_);
  EXPECT_EQ(path_.failures.value(), 1U);
  put(Bytes(2, 'b'), ann.address(), path_);
  outbox_.flush();
  EXPECT_EQ(ann.receive(), Bytes(2, 'b'));
}

}  // namespace
}  // namespace veche::media
