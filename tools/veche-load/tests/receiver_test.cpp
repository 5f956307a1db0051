// SPDX-License-Identifier: Apache-2.0
// The receiver: loss, latency, turns and sources, from packets as a server would send them.
#include "receiver.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "base/time.hpp"
#include "rtp/rewriter.hpp"
#include "talker.hpp"
#include "test_voice.hpp"

namespace veche::load {
namespace {

constexpr uint32_t kListener = 9;

/// Talkers, one slot of a server, and a listener.
class LoadReceiver : public testing::Test {
 protected:
  struct Heard {
    uint32_t talker = 0;
    std::vector<uint8_t> packet;
  };

  /// Talks for 20 ms and returns the slot's packet.
  std::vector<uint8_t> slot_packet(Talker& talker, uint32_t source, int64_t sent_ms) {
    std::array<uint8_t, Talker::kMaxPacketSize> in{};
    const size_t size = talker.next(sent_ms, sent_ms * kNsPerMs, in);
    const auto view = rtp::PacketView::parse(std::span(in).first(size));
    std::vector<uint8_t> out(rewriter_.max_size(*view));
    const auto written = rewriter_.write(*view, source, std::nullopt, sent_ms * kNsPerMs, out);
    out.resize(written ? written->bytes().size() : 0);
    return out;
  }
  void hear(const std::vector<uint8_t>& packet, int64_t at_ms) {
    receiver_->take(packet, at_ms * kNsPerMs);
  }

  const std::vector<Turn> turns_{{0, 0, 100'000}, {1, 0, 100'000}};
  Talker anna_{0, {.ssrc = 1}, turns_, voice(), Silence::None, 1};
  Talker boris_{1, {.ssrc = 2}, turns_, voice(), Silence::None, 1};
  rtp::Rewriter rewriter_{{.ssrc = 0xabc}, 65530, 0};
  std::unique_ptr<Receiver> receiver_ = std::make_unique<Receiver>(kListener, turns_.size());
};

TEST_F(LoadReceiver, CountsWhatIsMissingInASlot) {
  for (int64_t ms = 0; ms < 400; ms += 20) {
    const auto packet = slot_packet(anna_, 100, ms);
    if (ms != 100 && ms != 120) hear(packet, ms);
  }
  EXPECT_EQ(receiver_->packets, 18u);
  EXPECT_EQ(receiver_->lost(), 2u);
  EXPECT_EQ(receiver_->slots(), 1u);
  EXPECT_EQ(receiver_->turns()[0].frames, 18u);
  EXPECT_EQ(receiver_->turns()[0].missing(), 2u);
}

TEST_F(LoadReceiver, TakesLatePacketsAndDropsDuplicates) {
  const auto first = slot_packet(anna_, 100, 0);
  const auto second = slot_packet(anna_, 100, 20);
  const auto third = slot_packet(anna_, 100, 40);
  for (const auto* packet : {&first, &third, &second, &second, &first}) hear(*packet, 50);
  EXPECT_EQ(receiver_->packets, 3u);
  EXPECT_EQ(receiver_->duplicates, 2u);
  EXPECT_EQ(receiver_->lost(), 0u);
  EXPECT_EQ(receiver_->turns()[0].missing(), 0u);
}

TEST_F(LoadReceiver, SeesWhatIsHeldBackWithoutAGapInTheSlot) {
  hear(slot_packet(anna_, 100, 0), 0);
  std::array<uint8_t, Talker::kMaxPacketSize> unsent{};
  const size_t size = anna_.next(20, 20 * kNsPerMs, unsent);
  rewriter_.skip(*rtp::PacketView::parse(std::span(unsent).first(size)));
  hear(slot_packet(anna_, 100, 40), 40);
  EXPECT_EQ(receiver_->lost(), 0u);
  EXPECT_EQ(receiver_->turns()[0].missing(), 1u);
}

TEST_F(LoadReceiver, MeasuresTheStartOfATurn) {
  slot_packet(anna_, 100, 0);
  slot_packet(anna_, 100, 20);
  hear(slot_packet(anna_, 100, 40), 55);
  const HeardTurn& turn = receiver_->turns()[0];
  EXPECT_EQ(turn.first_arrival_ns, 55 * kNsPerMs);
  EXPECT_EQ(turn.first_frame, 2u);
  EXPECT_EQ(receiver_->turns()[1].first_arrival_ns, 0);
  EXPECT_EQ(receiver_->turns()[1].missing(), 0u);
}

TEST_F(LoadReceiver, LeavesPreRollOutOfTheLatency) {
  const auto first = slot_packet(anna_, 100, 0);
  const auto second = slot_packet(anna_, 100, 20);
  const auto third = slot_packet(anna_, 100, 40);
  // Two packets of pre-roll, and one sent after the slot was switched.
  hear(first, 35);
  hear(second, 35);
  hear(third, 45);
  const Distribution latency = merged({&receiver_->latency});
  EXPECT_EQ(latency.count, 1u);
  EXPECT_DOUBLE_EQ(latency.max, 5);
}

TEST_F(LoadReceiver, MeasuresLatencyFromATimeOn) {
  receiver_->measure_latency_from(40 * kNsPerMs);
  for (int64_t ms = 0; ms < 60; ms += 20) hear(slot_packet(anna_, 100, ms), ms + 3);
  const Distribution latency = merged({&receiver_->latency});
  EXPECT_EQ(latency.count, 1u);
  EXPECT_DOUBLE_EQ(latency.max, 3);
}

TEST_F(LoadReceiver, CountsSwitchesAndChecksSources) {
  hear(slot_packet(anna_, 100, 0), 0);
  rewriter_.switch_source();
  hear(slot_packet(boris_, 200, 20), 20);
  rewriter_.switch_source();
  hear(slot_packet(anna_, 100, 40), 40);
  EXPECT_EQ(receiver_->switches, 3u);
  EXPECT_EQ(receiver_->source_errors, 0u);
  EXPECT_EQ(receiver_->lost(), 0u);
  hear(slot_packet(anna_, 101, 60), 60);
  rewriter_.switch_source();
  hear(slot_packet(boris_, 0, 80), 80);
  EXPECT_EQ(receiver_->source_errors, 2u);
}

TEST_F(LoadReceiver, NoticesItsOwnVoice) {
  Receiver anna_listens(0, turns_.size());
  anna_listens.take(slot_packet(anna_, 100, 0), 0);
  anna_listens.take(slot_packet(boris_, 200, 20), 0);
  EXPECT_EQ(anna_listens.own_packets, 1u);
}

TEST_F(LoadReceiver, NoticesPacketsOfAnotherRoom) {
  Receiver listener(2, turns_.size(), 2);
  listener.take(slot_packet(anna_, 100, 0), 0);
  EXPECT_EQ(listener.strange, 0u);
  rewriter_.switch_source();
  listener.take(slot_packet(boris_, 200, 20), 20);
  EXPECT_EQ(listener.strange, 1u);
  EXPECT_EQ(listener.turns()[1].frames, 0u);
}

TEST_F(LoadReceiver, CountsForeignPacketsInTheirSlotAndRefusesTheRest) {
  std::vector<uint8_t> foreign{0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 'x'};
  hear(foreign, 0);
  foreign[3] = 3;
  hear(foreign, 20);
  EXPECT_EQ(receiver_->foreign, 2u);
  EXPECT_EQ(receiver_->packets, 2u);
  EXPECT_EQ(receiver_->lost(), 1u);
  hear({1, 2, 3}, 20);
  EXPECT_EQ(receiver_->not_rtp, 1u);
  EXPECT_EQ(receiver_->packets, 2u);
}

}  // namespace
}  // namespace veche::load
