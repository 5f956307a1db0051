// SPDX-License-Identifier: Apache-2.0
// Results: the turns that each listener should have heard, and the part that arrived.
#include "results.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <limits>
#include <memory>

#include "base/time.hpp"
#include "test_voice.hpp"

namespace veche::load {
namespace {

constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

/// Participant 0 talks from 10 s to 12 s; others listen.
class LoadResults : public testing::Test {
 protected:
  LoadResults() {
    add(0, 0);
    outcomes_[0].talker = &talker_;
  }

  Outcome& add(uint32_t index, int64_t connected_ms) {
    receivers_.push_back(std::make_unique<Receiver>(index, turns_.size()));
    outcomes_.push_back({.index = index,
                         .joined = true,
                         .posted_ns = (connected_ms - 40) * kNsPerMs,
                         .connected_ns = connected_ms * kNsPerMs,
                         .left_ns = kForever,
                         .receiver = receivers_.back().get()});
    return outcomes_.back();
  }

  /// Talks, and delivers the frames from `first` on to all `listeners`.
  void talk(const std::vector<size_t>& listeners, int first, int64_t delay_ms, int last = 99) {
    std::array<uint8_t, Talker::kMaxPacketSize> packet{};
    for (int frame = 0; frame < 100; ++frame) {
      const int64_t now_ns = (10'000 + frame * kFrameMs) * kNsPerMs;
      const size_t size = talker_.next(frame * kFrameMs, now_ns, packet);
      if (frame < first || frame > last) continue;
      for (const size_t listener : listeners) {
        receivers_[listener]->take(std::span(packet).first(size), now_ns + delay_ms * kNsPerMs);
      }
    }
  }

  const std::vector<Turn> turns_{{0, 0, 2000}};
  Talker talker_{0, {.ssrc = 1}, turns_, voice(), Silence::None, 1};
  std::deque<std::unique_ptr<Receiver>> receivers_;
  std::vector<Outcome> outcomes_;
};

TEST_F(LoadResults, TellWhoHeardATurnAndWhen) {
  add(1, 1000);
  add(2, 1000);
  talk({1}, 3, 7);
  const Hearing hearing = summarize_hearing(outcomes_);
  EXPECT_EQ(hearing.expected, 2u);
  EXPECT_EQ(hearing.unheard, 1u);
  EXPECT_EQ(hearing.onset_ms.count, 1u);
  EXPECT_DOUBLE_EQ(hearing.onset_ms.max, 67);
  EXPECT_DOUBLE_EQ(hearing.cut_ms.max, 60);
}

TEST_F(LoadResults, ExpectNothingOfWhoWasNotThere) {
  add(1, 11'500);                            // Half a second of the turn.
  add(2, 1000).left_ns = 10'900 * kNsPerMs;  // Left in time.
  add(3, 1000).joined = false;
  talk({}, 0, 0);
  EXPECT_EQ(summarize_hearing(outcomes_).expected, 0u);
}

TEST_F(LoadResults, ExpectNothingOfAnotherRoom) {
  add(1, 1000).room = 1;
  talk({}, 0, 0);
  EXPECT_EQ(summarize_hearing(outcomes_).expected, 0u);
}

TEST_F(LoadResults, NoticeWhoMissedTheEnd) {
  add(1, 1000);
  add(2, 1000).left_ns = 11'500 * kNsPerMs;  // Cannot know the end.
  talk({1, 2}, 0, 1, 73);
  EXPECT_EQ(summarize_hearing(outcomes_).cut_short, 1u);
  EXPECT_EQ(summarize_hearing(outcomes_).missing_frames, 0u);
}

TEST_F(LoadResults, LetTheLastPacketsBeUnderWay) {
  add(1, 1000);
  talk({1}, 0, 1, 75);
  EXPECT_EQ(summarize_hearing(outcomes_).cut_short, 0u);
}

TEST_F(LoadResults, DoNotTakeALateJoinForALateStart) {
  add(1, 10'600);
  talk({1}, 40, 5);
  const Hearing hearing = summarize_hearing(outcomes_);
  EXPECT_EQ(hearing.expected, 1u);
  EXPECT_EQ(hearing.unheard, 0u);
  EXPECT_EQ(hearing.onset_ms.count, 0u);
  EXPECT_EQ(hearing.missing_frames, 0u);
}

TEST_F(LoadResults, CountJoinsAndKeepTheFirstFailure) {
  Outcome& failed = add(1, 500);
  failed.joined = false;
  failed.failure = "HTTP 503";
  Outcome& early = add(2, 500);
  early.joined = false;
  early.left_early = true;
  add(4, 500).removed = true;
  add(3, 500).posted_ns = 0;  // Counts as not tried, regardless of the rest.
  outcomes_.back().joined = false;
  const Joins joins = summarize_joins(outcomes_);
  EXPECT_EQ(joins.attempted, 4u);
  EXPECT_EQ(joins.joined, 2u);
  EXPECT_EQ(joins.left_early, 1u);
  EXPECT_EQ(joins.removed, 1u);
  EXPECT_EQ(joins.failed, 1u);
  EXPECT_EQ(joins.first_failure, "participant 1: HTTP 503");
  EXPECT_DOUBLE_EQ(joins.time_ms.max, 40);
  EXPECT_DOUBLE_EQ(joins.span_ms, 540) << "participant 0 offered at -40 ms, 4 connected at 500";
}

TEST_F(LoadResults, AddUpPacketsOfAll) {
  add(1, 0);
  add(2, 0);
  talk({1, 2}, 0, 1);
  const Packets packets = summarize_packets(outcomes_);
  EXPECT_EQ(packets.received, 200u);
  EXPECT_EQ(packets.expected, 200u);
  EXPECT_EQ(packets.lost, 0u);
  EXPECT_EQ(summarize_latency(outcomes_).count, 198u);
}

}  // namespace
}  // namespace veche::load
