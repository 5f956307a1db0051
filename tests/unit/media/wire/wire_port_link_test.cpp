// SPDX-License-Identifier: Apache-2.0
// The path to a client over a port: numbers across its slots, its feedback, probes.
#include <gmock/gmock.h>

#include <utility>
#include <vector>

#include "rtp/rtcp/transport_feedback.hpp"
#include "rtp/transport_number.hpp"
#include "wire_port_media_fixture.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using testing::IsEmpty;
using Source = LinkStatistics::Source;

/// A session's slots, without a lane.
class Slots final : public PaddingWriter {
 public:
  explicit Slots(uint32_t first_ssrc, uint32_t count, uint8_t extension) {
    for (uint32_t i = 0; i < count; ++i) {
      rewriters.emplace_back(
          rtp::SlotFormat{
              .ssrc = first_ssrc + i, .payload_type = 96, .transport_cc_extension = extension},
          uint16_t{0}, 0u);
    }
  }
  std::optional<rtp::PacketView> write_padding(size_t slot,
                                               std::span<uint8_t> out) noexcept override {
    return rewriters[slot].write_padding(7, out);
  }

  std::vector<rtp::Rewriter> rewriters;
};

class WirePortLinkTest : public WirePortMediaTest {
 protected:
  WirePortLinkTest() { slot_count_ = 2; }
  void SetUp() override {
    WirePortMediaTest::SetUp();
    peer().pad_with(&slots_);
  }
  WirePeer& peer() { return *session_.peer; }

  void send(size_t slot) {
    rtp::Rewriter& rewriter = slots_.rewriters[slot];
    const Bytes packet = rtp::test::build(
        {.sequence = ++sequence_, .timestamp = 960u * sequence_, .payload = Bytes(80)});
    const auto view = *rtp::PacketView::parse(packet);
    const std::span<uint8_t> memory = peer().begin(rewriter.max_size(view));
    ASSERT_FALSE(memory.empty());
    const auto written = rewriter.write(view, 7, std::nullopt, clock_.now_ns(), memory);
    ASSERT_TRUE(written);
    peer().send(*written, slot, clock_.now_ns(), clock_.now_ns());
    port_->flush();
  }
  /// Opens what the client has received; its RTP is recorded for its feedback.
  std::vector<Bytes> take() {
    std::vector<Bytes> packets;
    while (auto datagram = client_->receive()) {
      const bool is_rtcp = (*datagram)[1] >= 192 && (*datagram)[1] <= 223;
      if (is_rtcp) continue;
      Bytes packet = session_.open_rtp(std::move(*datagram));
      EXPECT_FALSE(packet.empty());
      if (const auto number = rtp::transport_number(packet, kTransportCc)) {
        client_feedback_.record(*number, clock_.now_ns());
      }
      packets.push_back(std::move(packet));
    }
    return packets;
  }
  void feed_back() {
    if (client_feedback_.pending() == 0) return;
    receive(*client_, session_.seal_rtcp(compound([&](rtp::RtcpWriter& out) {
      out.add_receiver_report(kTrack, {});
      while (client_feedback_.write(out, kTrack, kSlot)) {
      }
    })));
  }
  /// A voice in the second slot, ticks when they are due, feedback every 100 ms. Returns the
  /// packets without payload.
  std::vector<Bytes> run_ms(int64_t ms) {
    std::vector<Bytes> padding;
    for (int64_t passed = 0; passed < ms; passed += 5) {
      if (passed % 20 == 0) send(1);
      if (port_->tick_due_ns() <= clock_.now_ns()) port_->tick(clock_.now_ns());
      clock_.pass_ms(5);
      for (Bytes& packet : take()) {
        if (rtp::PacketView::parse(packet)->payload().empty()) padding.push_back(packet);
      }
      if (passed % 100 == 0) feed_back();
    }
    return padding;
  }

  Slots slots_{kSlot, 2, kTransportCc};
  rtp::TransportFeedback client_feedback_;
  uint16_t sequence_ = 0;
};

TEST_F(WirePortLinkTest, NumbersPacketsAcrossSlots) {
  for (const size_t slot : {0, 1, 1, 0, 1}) send(slot);
  const std::vector<Bytes> packets = take();
  ASSERT_EQ(packets.size(), 5u);
  for (uint16_t i = 0; i < 5; ++i) {
    EXPECT_EQ(rtp::transport_number(packets[i], kTransportCc), i);
    const auto element = rtp::PacketView::parse(packets[i])->extension(kTransportCc);
    ASSERT_TRUE(element);
    EXPECT_EQ(read_u16(element->data()), i);
  }
}

TEST_F(WirePortLinkTest, IsEstimatedFromTheClientsFeedback) {
  EXPECT_EQ(peer().link(), LinkStatistics{});
  run_ms(3000);
  EXPECT_EQ(peer().link().source, Source::Feedback);
  // 80 bytes of payload, 24 of header, 10 of SRTP, 28 of UDP and IP; 50 a second.
  EXPECT_NEAR(peer().link().capacity_bps, 142 * 8 * 50, 6000);
  EXPECT_EQ(port_->counters().rtcp.feedback_in.value(), 30u);
}

TEST_F(WirePortLinkTest, IgnoresFeedbackThatIsNotAuthentic) {
  send(1);
  take();
  Bytes sealed = session_.seal_rtcp(compound([&](rtp::RtcpWriter& out) {
    out.add_receiver_report(kTrack, {});
    client_feedback_.write(out, kTrack, kSlot);
  }));
  sealed[20] ^= 1;
  receive(*client_, sealed);
  EXPECT_EQ(peer().link(), LinkStatistics{});
}

TEST_F(WirePortLinkTest, IsProbedForAWishWithPaddingThatContinuesTheNewestSlot) {
  EXPECT_THAT(run_ms(3000), IsEmpty());
  const uint64_t packets = peer().packets.value(), bytes = peer().bytes.value();
  const uint64_t media = 50u * 3;
  EXPECT_EQ(packets, media);
  peer().wish(200'000, clock_.now_ns());
  const std::vector<Bytes> padding = run_ms(3000);
  ASSERT_GT(padding.size(), 5u);
  EXPECT_GE(peer().link().capacity_bps, 200'000u);
  for (const Bytes& packet : padding) {
    EXPECT_EQ(rtp::PacketView::parse(packet)->ssrc(), kSlot + 1);
    EXPECT_LE(packet.size() + 38, rtp::Prober::kMaxSize);
  }
  EXPECT_EQ(peer().packets.value(), 2 * media) << "padding is no media";
  EXPECT_EQ(peer().bytes.value(), 2 * bytes);
  EXPECT_EQ(port_->counters().rtcp.probes.value(), padding.size());
  EXPECT_EQ(peer().failures.value(), 0u);
  peer().wish(0, clock_.now_ns());
  EXPECT_THAT(run_ms(2000), IsEmpty());
}

TEST_F(WirePortLinkTest, IsProbedInStepsAndOnlyAsLongAsAWishIsOpen) {
  run_ms(3000);
  port_->tick(clock_.now_ns());
  EXPECT_EQ(port_->tick_due_ns(), clock_.now_ns() + Reports::kTickNs);
  peer().wish(200'000, clock_.now_ns());
  clock_.pass_ms(25);
  port_->tick(clock_.now_ns());
  EXPECT_EQ(port_->tick_due_ns(), clock_.now_ns() + Link::kProbeStepNs);
  peer().wish(0, clock_.now_ns());
  clock_.pass_ms(25);
  port_->tick(clock_.now_ns());
  EXPECT_EQ(port_->tick_due_ns(), clock_.now_ns() + Reports::kTickNs);
}

TEST_F(WirePortLinkTest, IsNotProbedOnceItsSlotsAreGone) {
  run_ms(3000);
  peer().wish(200'000, clock_.now_ns());
  peer().pad_with(nullptr);
  EXPECT_THAT(run_ms(1000), IsEmpty());
}

TEST_F(WirePortLinkTest, IsNotProbedOnceItsSessionIsRemoved) {
  run_ms(3000);
  peer().wish(200'000, clock_.now_ns());
  clock_.pass_ms(25);
  port_->tick(clock_.now_ns());
  take();
  const std::unique_ptr<WirePeer> removed = port_->remove(session_.id);
  clock_.pass_ms(5);
  port_->tick(clock_.now_ns());
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(WirePortLinkTest, IsForgottenAndNotProbedWhereItLeadsToAnUnprovenAddress) {
  run_ms(3000);
  peer().wish(200'000, clock_.now_ns());
  auto moved = make_client();
  clock_.pass_ms(1000);
  nominate(*moved, session_);
  EXPECT_EQ(peer().link(), LinkStatistics{});
  client_ = std::move(moved);
  EXPECT_THAT(run_ms(3000), IsEmpty());
  EXPECT_EQ(peer().link().source, Source::Feedback);
}

}  // namespace
}  // namespace veche::media
