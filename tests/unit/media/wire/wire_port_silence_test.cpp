// SPDX-License-Identifier: Apache-2.0
// Silent packets may wait, and go first when the port is read.
#include <gmock/gmock.h>

#include "wire_port_fixture.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using testing::ElementsAre;
using testing::SizeIs;

class WirePortSilenceTest : public WirePortTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(port_->splits_silence());
    begin_talk();
    session_ = add_session();
    client_ = make_client();
    nominate(*client_, session_);
  }
  void send(uint16_t sequence, uint8_t level) {
    client_->send(session_.seal_rtp(opus_packet(kTrack, sequence, level)));
  }
  void send_silence(uint16_t sequence) { send(sequence, 127); }

  Session session_;
  std::unique_ptr<test::UdpClient> client_;
};

TEST_F(WirePortSilenceTest, IsHandledBeforeWhatElseIsThere) {
  for (const uint16_t sequence : {1, 2, 3}) send_silence(sequence);
  send(4, kLevel);
  send_silence(5);
  receive();
  round_trip();
  std::vector<uint8_t> sequences;
  for (const auto& packet : listener_.path.sent) sequences.push_back(packet.back());
  EXPECT_THAT(sequences, ElementsAre(1, 2, 3, 5, 4));
  EXPECT_EQ(session_.ingress->packets.value(), 5u);
  EXPECT_EQ(session_.ingress->dropped(), 0u);
}

TEST_F(WirePortSilenceTest, WakesNobodyWhereThereIsMuchOfIt) {
  EXPECT_THAT(port_->descriptors(), SizeIs(2));
  uint16_t sequence = 0;
  for (int pause = 0; pause < 3; ++pause) {
    clock_.pass_ms(4);
    for (size_t i = 0; i < Patience::kMany; ++i) send_silence(++sequence);
    receive();
    EXPECT_THAT(port_->descriptors(), SizeIs(1));
    EXPECT_LE(port_->receive_due_ns(), clock_.now_ns() + Patience::kPauseNs);
  }
  for (int pause = 0; pause < 2; ++pause) {
    clock_.pass_ms(4);
    receive();
  }
  EXPECT_THAT(port_->descriptors(), SizeIs(2));
  EXPECT_EQ(port_->receive_due_ns(), INT64_MAX);
  EXPECT_EQ(session_.ingress->packets.value(), sequence);
}

TEST_F(WirePortSilenceTest, IsTakenFromItsSendersOnly) {
  const auto stranger = make_client();
  Bytes forged = session_.seal_rtp(opus_packet(kTrack, 1, 127));
  forged.back() ^= 1;
  client_->send(forged);
  const Bytes stolen = session_.seal_rtp(opus_packet(kTrack, 2, 127));
  for (int i = 0; i < 3; ++i) stranger->send(stolen);
  receive();
  EXPECT_EQ(session_.ingress->packets.value(), 0u);
  EXPECT_EQ(session_.ingress->unauthentic.value(), 1u);
  EXPECT_EQ(port_->counters().unknown_source.value(), 3u);
  EXPECT_FALSE(stranger->receive());
}

TEST_F(WirePortSilenceTest, GivesEveryPacketToItsSession) {
  Session other = add_session("NEXT");
  const auto client = make_client();
  nominate(*client, other);
  constexpr uint16_t kEach = UdpSocket::kBatch;
  for (uint16_t i = 1; i <= kEach; ++i) {
    send_silence(i);
    client->send(other.seal_rtp(opus_packet(kTrack, i, 127)));
  }
  receive();
  EXPECT_EQ(session_.ingress->packets.value(), kEach);
  EXPECT_EQ(other.ingress->packets.value(), kEach);
  EXPECT_EQ(session_.ingress->dropped() + other.ingress->dropped(), 0u);
}

}  // namespace
}  // namespace veche::media
