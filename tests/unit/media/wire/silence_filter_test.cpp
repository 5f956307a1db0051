// SPDX-License-Identifier: Apache-2.0
// Which of two sockets on one port the kernel chooses for a datagram.
#include "media/wire/silence_filter.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <random>

#include "base/time.hpp"
#include "media/wire/udp_socket.hpp"
#include "udp_client.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::UdpClient;

constexpr uint8_t kSilent = kLoudestSilence, kAudible = kLoudestSilence - 1;
constexpr uint8_t kLevelElement = kSilenceExtension << 4;

/// An RTP packet whose header extension has these bytes, padded to whole words, and some payload.
Bytes rtp(Bytes elements, uint8_t first_byte = 0x90, uint16_t profile = 0xbede) {
  while (elements.size() % 4 != 0) elements.push_back(0);
  Bytes packet{first_byte, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7};
  for (const size_t number : {size_t{profile}, elements.size() / 4}) {
    packet.push_back(static_cast<uint8_t>(number >> 8));
    packet.push_back(static_cast<uint8_t>(number));
  }
  packet.insert(packet.end(), elements.begin(), elements.end());
  packet.insert(packet.end(), 30, kLevelElement);  // Looks like more of the extension, but is not.
  return packet;
}
Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}
Bytes level(uint8_t value) { return {kLevelElement, value}; }

class SilenceFilter : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!test::has_address(GetParam())) GTEST_SKIP() << "this machine has no " << GetParam();
    auto bound = UdpSocket::bind(GetParam(), test::free_port(GetParam()));
    ASSERT_TRUE(bound) << bound.error().message;
    first_ = std::move(*bound);
    second_ = first_->split_silence();
    ASSERT_NE(second_, nullptr);
    client_ = std::make_unique<UdpClient>(GetParam(), first_->port());
  }
  /// Where it arrived, and nowhere else.
  bool is_silent(const Bytes& datagram) {
    client_->send(datagram);
    const size_t other = first_->receive().size(), silent = second_->receive().size();
    EXPECT_EQ(other + silent, 1u);
    return silent == 1;
  }

  std::unique_ptr<UdpSocket> first_, second_;
  std::unique_ptr<UdpClient> client_;
};

TEST_P(SilenceFilter, GoesByTheLevelAndNotByTheVoiceBit) {
  for (int value = 0; value < 128; ++value) {
    const auto said = static_cast<uint8_t>(value);
    EXPECT_EQ(is_silent(rtp(level(said))), value >= kLoudestSilence) << value;
    EXPECT_EQ(is_silent(rtp(level(said | 0x80))), value >= kLoudestSilence) << value;
  }
}

TEST_P(SilenceFilter, FindsTheLevelBehindOtherElements) {
  const Bytes send_time{0x22, 1, 2, 3}, transport_cc{0x31, 0, 9}, mid{0x40, '0'};
  for (const Bytes& before : {transport_cc, mid, send_time, send_time + transport_cc,
                              send_time + transport_cc + mid, mid + mid + mid}) {
    EXPECT_TRUE(is_silent(rtp(before + level(kSilent))));
    EXPECT_FALSE(is_silent(rtp(before + level(kAudible))));
  }
  EXPECT_TRUE(is_silent(rtp(level(kSilent) + send_time + transport_cc + mid)));
  EXPECT_FALSE(is_silent(rtp(mid + mid + mid + mid + level(kSilent)))) << "one too many";
  EXPECT_TRUE(is_silent(rtp(level(kSilent), 0xb0))) << "padded";
}

TEST_P(SilenceFilter, TakesNothingElseForSilence) {
  const Bytes silent = rtp(level(kSilent));
  ASSERT_TRUE(is_silent(silent));
  for (const uint8_t first : {0x80, 0x91, 0x9f, 0x00, 0x10, 0x50, 0xd0, 0x16}) {
    EXPECT_FALSE(is_silent(rtp(level(kSilent), first))) << int{first};
  }
  EXPECT_FALSE(is_silent(rtp(level(kSilent), 0x90, 0x1000))) << "two-byte form";
  EXPECT_FALSE(is_silent(rtp({})));
  EXPECT_FALSE(is_silent(rtp({0x30, kSilent}))) << "another element";
  EXPECT_FALSE(is_silent(rtp({kLevelElement | 1, kSilent, kSilent}))) << "of two bytes";
  EXPECT_FALSE(is_silent(rtp(Bytes{0, 0} + level(kSilent)))) << "behind padding";
  EXPECT_FALSE(is_silent(rtp({0x2f, 1, 2}))) << "longer than the extension";
  for (size_t size = 0; size < 18; ++size) {
    EXPECT_FALSE(is_silent({silent.begin(), silent.begin() + static_cast<ptrdiff_t>(size)}))
        << size;
  }
}

TEST_P(SilenceFilter, LosesNothingWhateverComes) {
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    Bytes datagram = rtp(level(kSilent));
    datagram.resize(random() % datagram.size());
    for (uint32_t flips = random() % 4; flips > 0 && !datagram.empty(); --flips) {
      datagram[random() % datagram.size()] = static_cast<uint8_t>(random());
    }
    is_silent(datagram);
  }
}

TEST_P(SilenceFilter, LeavesThePortToNobodyElse) {
  const uint16_t port = first_->port();
  EXPECT_FALSE(UdpSocket::bind(GetParam(), port));
  second_.reset();
  EXPECT_FALSE(UdpSocket::bind(GetParam(), port));
  first_.reset();
  EXPECT_TRUE(UdpSocket::bind(GetParam(), port));
}

TEST_P(SilenceFilter, LeavesEverythingToTheFirstWhereThereIsNoSecond) {
  second_.reset();
  auto bound = UdpSocket::bind(GetParam(), test::free_port(GetParam()));
  ASSERT_TRUE(bound) << bound.error().message;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto second = (*bound)->split_silence();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(second, nullptr);
  UdpClient client(GetParam(), (*bound)->port());
  client.send(rtp(level(kSilent)));
  EXPECT_EQ((*bound)->receive().size(), 1u);
}

TEST_P(SilenceFilter, SaysHowLongSilenceHasWaited) {
  client_->send(rtp(level(kAudible)));
  // Linux begins to stamp packets some time after a socket has asked for it.
  const int64_t until_ns = monotonic_ns() + 10 * kNsPerS;
  int64_t age_ns = 0;
  while (age_ns < kNsPerMs && monotonic_ns() < until_ns) {
    const int64_t before_ns = monotonic_ns();
    client_->send(rtp(level(kSilent)));
    const int64_t sent_ns = monotonic_ns();
    while (monotonic_ns() - sent_ns < kNsPerMs) {
    }
    const auto batch = second_->receive();
    ASSERT_EQ(batch.size(), 1u);
    age_ns = batch[0].age_ns;
    EXPECT_LE(age_ns, monotonic_ns() - before_ns);
    EXPECT_EQ(batch[0].from, client_->address());
  }
  EXPECT_GE(age_ns, kNsPerMs);
  EXPECT_EQ(first_->receive()[0].age_ns, 0) << "nobody asks";
}

INSTANTIATE_TEST_SUITE_P(Families, SilenceFilter, testing::Values("127.0.0.1", "::1"),
                         test::family_name);

}  // namespace
}  // namespace veche::media
