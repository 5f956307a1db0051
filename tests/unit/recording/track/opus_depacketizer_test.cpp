// SPDX-License-Identifier: Apache-2.0
// Opus packets on a sample timeline from the recording's beginning.
#include "recording/track/opus_depacketizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "../../repetitions.hpp"
#include "recording/track/reorder_buffer.hpp"
#include "recording/track/track_clock.hpp"
#include "simulated_track.hpp"

namespace veche::recording::opus_depacketizer_test {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr uint8_t kLoud = 20, kQuiet = 90;

Packet voice(uint8_t level = kLoud) {
  Packet packet;
  packet.level = level;
  packet.payload = {0x48, 1, 2, 3};  // SILK, wide band, 20 ms.
  return packet;
}

/// "v" a packet, "s" silence, "c" concealment, each with its milliseconds: "s1000 v20". Checks that
/// nothing is missing between them.
std::string describe(const std::vector<Frame>& frames) {
  std::string text;
  int64_t end_ns = 0, samples = 0;
  std::string kind;
  const auto flush = [&] {
    if (samples == 0) return;
    const int64_t tenths = samples * 10 / 48;
    text += (text.empty() ? "" : " ") + kind + std::to_string(tenths / 10) +
            (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "");
    samples = 0;
  };
  for (const Frame& frame : frames) {
    EXPECT_EQ(frame.time_ns, end_ns);
    EXPECT_TRUE(frame.key);
    end_ns += frame.duration_ns;
    const auto opus = parse_opus(frame.bytes);
    const std::string is = opus->is_empty ? "c" : frame.bytes[0] >= 0xe0 ? "s" : "v";
    if (is != kind) flush();
    kind = is;
    samples += opus->samples;
  }
  flush();
  return text;
}

struct Step {
  int64_t time_ms;
  uint64_t lost = 0;
  uint8_t level = kLoud;
};
struct Case {
  const char* name;
  std::vector<Step> steps;
  const char* expected;
  uint64_t left_out;
};
class OpusTable : public ::testing::TestWithParam<Case> {};

TEST_P(OpusTable, IsPlaced) {
  OpusDepacketizer opus(2);
  std::vector<Frame> frames;
  for (const Step& step : GetParam().steps) {
    opus.push(voice(step.level), step.time_ms * kMs, step.lost, frames);
  }
  EXPECT_EQ(describe(frames), GetParam().expected);
  EXPECT_EQ(opus.refused().left_out, GetParam().left_out);
}

INSTANTIATE_TEST_SUITE_P(
    Times, OpusTable,
    ::testing::Values(Case{"in_a_row", {{0}, {20}, {40}}, "v60", 0},
                      Case{"late_joining", {{1000}, {1020}}, "s1000 v40", 0},
                      Case{"slewing_late", {{0}, {25}, {50}}, "v60", 0},
                      Case{"slewed_too_late", {{0}, {30}, {53}}, "v40 s12.5 v20", 0},
                      Case{"slewing_early", {{0}, {15}, {30}, {45}}, "v80", 0},
                      Case{"early_and_quiet", {{0}, {8, 0, kQuiet}, {28}}, "v40", 1},
                      Case{"early_and_loud", {{0}, {8}, {28}}, "v60", 0},
                      Case{"too_early", {{0}, {20}, {18}, {38}}, "v60", 1},
                      Case{"one_lost", {{0}, {40, 1}}, "v20 c20 v20", 0},
                      Case{"one_lost_and_early", {{0}, {33, 1}}, "v20 c20 v20", 0},
                      Case{"five_lost", {{0}, {120, 5}}, "v20 c100 v20", 0},
                      Case{"many_lost", {{0}, {320, 15}}, "v20 s300 v20", 0},
                      Case{"lost_in_a_pause", {{0}, {1000, 2}}, "v20 s980 v20", 0},
                      Case{"discontinuous", {{0}, {400}, {800}}, "v20 s380 v20 s380 v20", 0},
                      Case{"before_the_recording", {{-60}, {-40}, {-20}, {0}}, "v20", 3},
                      Case{"across_the_beginning", {{-5}, {15}}, "v40", 0}),
    [](const auto& info) { return info.param.name; });

TEST(OpusDepacketizer, FillsWithSilenceAndReportsLongGaps) {
  OpusDepacketizer opus(2);
  std::vector<Frame> frames;
  opus.push(voice(), 0, 0, frames);
  for (int64_t ms = 500; ms <= 3000; ms += 500) opus.fill_to(ms * kMs, frames);
  opus.push(voice(), 3010 * kMs, 0, frames);
  opus.push(voice(), 3430 * kMs, 0, frames);  // Discontinuous: not worth reporting.
  opus.push(voice(), 5000 * kMs, 70, frames);
  opus.gaps().finish(9000 * kMs);
  EXPECT_EQ(describe(frames), "v20 s2980 v20 s410 v20 s1550 v20");
  const std::vector<Gap>& gaps = opus.gaps().list();
  ASSERT_EQ(gaps.size(), 3U);
  EXPECT_EQ(gaps[0].span.start_ms, 20);
  EXPECT_EQ(gaps[0].span.end_ms, 3000);
  EXPECT_EQ(gaps[0].reason, "no-packets");
  EXPECT_EQ(gaps[1].reason, "loss");
  EXPECT_EQ(gaps[2].span.end_ms, 9000);
}

TEST(OpusDepacketizer, LeavesOutWhatIsSilenceAlready) {
  OpusDepacketizer opus(2);
  std::vector<Frame> frames;
  opus.fill_to(1000 * kMs, frames);
  opus.push(voice(), 960 * kMs, 0, frames);
  opus.push(voice(), 980 * kMs, 0, frames);
  opus.push(voice(), 1000 * kMs, 0, frames);
  EXPECT_EQ(describe(frames), "s1000 v20");
  EXPECT_EQ(opus.refused().left_out, 2U);
}

TEST(OpusDepacketizer, FillsALongPauseInSteps) {
  OpusDepacketizer opus(2);
  std::vector<Frame> frames;
  opus.push(voice(), 0, 0, frames);
  frames.clear();
  int steps = 1;
  size_t most = 0;
  for (; opus.fill_to(3600'000 * kMs, frames); ++steps) {
    most = std::max(most, frames.size());
    frames.clear();
  }
  EXPECT_EQ(steps, 600);
  EXPECT_EQ(most, 100U);
  EXPECT_EQ(frames.back().time_ns + frames.back().duration_ns, 3600'000 * kMs);
  EXPECT_TRUE(frames.back().is_filler);
  EXPECT_FALSE(opus.fill_to(3600'000 * kMs, frames));
}

TEST(OpusDepacketizer, BeginsWhereItIsTold) {
  OpusDepacketizer opus(2);
  std::vector<Frame> frames;
  opus.begin_at(7200'001 * kMs);
  opus.push(voice(), 7200'001 * kMs, 0, frames);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_NEAR(double(frames[0].time_ns), 7200'001 * kMs, 2.5 * kMs);
  EXPECT_FALSE(frames[0].is_filler);
  ASSERT_EQ(opus.gaps().list().size(), 1U) << "the time before is a gap all the same";
  EXPECT_EQ(opus.gaps().list()[0].reason, "no-packets");
}

TEST(OpusDepacketizer, APauseIsNoLossBecauseAPacketWasLostInIt) {
  OpusDepacketizer opus(2);
  std::vector<Frame> frames;
  opus.push(voice(), 0, 0, frames);
  for (int64_t ms = 100; ms <= 9800; ms += 100) opus.fill_to(ms * kMs, frames);
  opus.push(voice(), 10'000 * kMs, 5, frames);
  EXPECT_EQ(opus.gaps().list().at(0).reason, "no-packets");
}

TEST(OpusDepacketizer, CountsWhatIsNoOpus) {
  OpusDepacketizer opus(2);
  std::vector<Frame> frames;
  Packet packet;
  opus.push(packet, 0, 0, frames);
  packet.payload = {0x4b, 0};
  opus.push(packet, 20 * kMs, 0, frames);
  EXPECT_TRUE(frames.empty());
  EXPECT_EQ(opus.refused().malformed, 2U);
}

TEST(OpusDepacketizer, SaysItsFormatAtOnce) {
  const OpusDepacketizer opus(2);
  ASSERT_NE(opus.format(), nullptr);
  EXPECT_EQ(opus.format()->channels, 2U);
  EXPECT_EQ(opus.format()->codec_private, opus_head(2));
}

/// All steps of a track: order, time, place. Each packet is placed at its capture time.
TEST(OpusDepacketizer, KeepsEveryPacketInItsPlaceForAnHour) {
  for (const int64_t interval_ns : {20 * kMs, 400 * kMs}) {
    for (const double drift_ppm : test::sampled(std::vector<double>{-100, 50, 100})) {
      SCOPED_TRACE(drift_ppm);
      testing::TrackPlan plan{.seed = 9, .drift_ppm = drift_ppm, .interval_ns = interval_ns};
      plan.step_at_s = 1000;
      plan.step_ns = 80 * kMs;
      ReorderBuffer order;
      TrackClock clock(48'000, 0);
      OpusDepacketizer opus(2);
      std::vector<Frame> frames;
      uint64_t sent = 0, lost = 0;
      int64_t worst_ns = 0, end_ns = 0;
      for (testing::Sent& one : testing::simulate(plan)) {
        one.packet.payload = voice().payload;
        one.packet.level = sent++ % 50 < 5 ? kQuiet : kLoud;
        // The packet carries its true time.
        for (int shift = 0; shift < 64; shift += 8) {
          one.packet.payload.push_back(static_cast<uint8_t>(one.truth_ns >> shift));
        }
        const int64_t now_ns = one.packet.arrival_ns;
        clock.observe(one.packet, opus.span_ns(one.packet));
        order.push(std::move(one.packet));
        while (const auto next = order.pop(now_ns)) {
          lost += next->lost;
          opus.push(next->packet, clock.time_ns(next->packet.timestamp), next->lost, frames);
        }
        opus.fill_to(now_ns - 1000 * kMs, frames);
        for (const Frame& frame : frames) {
          EXPECT_EQ(frame.time_ns, end_ns);
          end_ns = frame.time_ns + frame.duration_ns;
          if (frame.bytes.size() != 12 || frame.bytes[0] != 0x48 || frame.time_ns < 30'000 * kMs)
            continue;
          int64_t truth_ns = 0;
          for (size_t i = 0; i < 8; ++i) truth_ns |= int64_t{frame.bytes[4 + i]} << (8 * i);
          const int64_t error_ns = frame.time_ns - truth_ns - testing::kShortestWayNs;
          if (std::abs(error_ns) > std::abs(worst_ns)) worst_ns = error_ns;
        }
        frames.clear();
      }
      EXPECT_LE(std::abs(worst_ns), 20 * kMs);
      EXPECT_LE(opus.refused().left_out, sent / 2000 + 25) << "of " << sent;
      EXPECT_GT(lost, sent / 100);
      EXPECT_GT(end_ns, 3598'000 * kMs);
    }
  }
}

}  // namespace
}  // namespace veche::recording::opus_depacketizer_test
