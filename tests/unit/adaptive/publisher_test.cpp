// SPDX-License-Identifier: Apache-2.0
// What publishers are asked for, and for how long.
#include "adaptive/publisher.hpp"

#include <gtest/gtest.h>

namespace veche::adaptive {
namespace {

/// A publisher of a voice in virtual time.
struct Voice {
  Voice() {
    track.kind = VECHE_KIND_AUDIO;
    track.flags = VECHE_TRACK_HINTED;
    track.bitrate_bps = 32'000;
    track.packets_per_s = 50;
  }
  const Asked& run(const Audience& audience, double seconds) {
    for (int i = 0; i < static_cast<int>(seconds * 10 + 0.5); ++i) {
      now_ns += 100 * kMillisecond;
      publisher.measure(track, now_ns);
      publisher.decide(track, audience, floors, now_ns);
    }
    return publisher.asked();
  }
  veche_controlled_track track{};
  Floors floors;
  Publisher publisher;
  int64_t now_ns = 0;
};

constexpr Audience kFine{.listeners = 4};
constexpr Audience kMostLimited{.listeners = 4, .limited = 3, .share_bps = 45'000};

TEST(Publisher, HearsOfItsListenersLossAtOnceAndUntilFiveSecondsAfterIt) {
  Voice voice;
  EXPECT_EQ(voice.run(kFine, 10).reported_loss, 0);
  EXPECT_FLOAT_EQ(voice.run({.listeners = 4, .loss = 0.15F}, 0.1).reported_loss, 0.15F);
  EXPECT_EQ(voice.publisher.asked().reason, Reason::ListenerLoss);
  EXPECT_FLOAT_EQ(voice.run(kFine, 4.9).reported_loss, 0.15F);
  EXPECT_EQ(voice.run(kFine, 0.1).reported_loss, 0);
  EXPECT_EQ(voice.publisher.asked().reason, Reason::None);
}

TEST(Publisher, HearsOfMoreLossAtOnceAndOfLessLater) {
  Voice voice;
  voice.run({.listeners = 4, .loss = 0.05F}, 1);
  EXPECT_FLOAT_EQ(voice.run({.listeners = 4, .loss = 0.2F}, 0.1).reported_loss, 0.2F);
  EXPECT_FLOAT_EQ(voice.run({.listeners = 4, .loss = 0.05F}, 4.9).reported_loss, 0.2F);
  EXPECT_FLOAT_EQ(voice.run({.listeners = 4, .loss = 0.05F}, 0.1).reported_loss, 0.05F);
}

TEST(Publisher, HearsNothingOfLittleLoss) {
  Voice voice;
  EXPECT_EQ(voice.run({.listeners = 4, .loss = 0.019F}, 10).reported_loss, 0);
  voice.run({.listeners = 4, .loss = 0.03F}, 1);
  EXPECT_FLOAT_EQ(voice.run({.listeners = 4, .loss = 0.012F}, 60).reported_loss, 0.012F)
      << "half of the threshold keeps it";
}

TEST(Publisher, IsAskedForLessAfterFiveSecondsAndLetGoAtOnce) {
  Voice voice;
  EXPECT_EQ(voice.run(kMostLimited, 5).max_bitrate_bps, 0U);
  const Asked asked = voice.run(kMostLimited, 0.1);
  EXPECT_EQ(asked.max_bitrate_bps, 22'000U) << "45 kbit/s with 22.4 of headers";
  EXPECT_EQ(asked.packet_ms, 20U);
  EXPECT_TRUE(asked.dtx);
  EXPECT_EQ(asked.reason, Reason::ListenerCongestion);
  EXPECT_EQ(voice.run(kFine, 0.1).max_bitrate_bps, 0U);
  EXPECT_EQ(voice.publisher.asked().reason, Reason::None);
}

TEST(Publisher, IsAskedForMoreAtOnceAndForLessAgainAfterFiveSeconds) {
  Voice voice;
  voice.run({.listeners = 1, .limited = 1, .share_bps = 45'000}, 6);
  EXPECT_EQ(voice.run({.listeners = 1, .limited = 1, .share_bps = 50'000}, 0.1).max_bitrate_bps,
            26'000U);
  EXPECT_EQ(voice.run({.listeners = 1, .limited = 1, .share_bps = 45'000}, 5).max_bitrate_bps,
            26'000U);
  EXPECT_EQ(voice.run({.listeners = 1, .limited = 1, .share_bps = 45'000}, 0.1).max_bitrate_bps,
            22'000U);
}

TEST(Publisher, IsAskedForNothingUnlessMostListenersAreLimited) {
  Voice voice;
  EXPECT_EQ(voice.run({.listeners = 4, .limited = 2, .share_bps = 20'000}, 20).packet_ms, 0U);
}

TEST(Publisher, IsAskedForNothingThatItsClientDoesNotObey) {
  Voice voice;
  voice.track.flags = 0;
  EXPECT_EQ(voice.run(kMostLimited, 20).max_bitrate_bps, 0U);
  voice.track.flags = VECHE_TRACK_HINTED;
  voice.floors.may_hint = false;
  EXPECT_EQ(voice.run(kMostLimited, 20).max_bitrate_bps, 0U) << "mode protect";
  voice.floors.may_hint = true;
  voice.track.kind = VECHE_KIND_VIDEO;
  EXPECT_EQ(voice.run(kMostLimited, 20).max_bitrate_bps, 0U);
}

TEST(Publisher, KeepsToFloorAndCeiling) {
  Voice voice;
  voice.floors.max_bitrate_bps = 24'000;
  EXPECT_EQ(voice.run(kFine, 0.1).max_bitrate_bps, 24'000U) << "a ceiling waits for nothing";
  EXPECT_EQ(voice.publisher.asked().reason, Reason::Ceiling);
  EXPECT_EQ(voice.run({.listeners = 1, .limited = 1, .share_bps = 90'000}, 10).max_bitrate_bps,
            24'000U);
  EXPECT_EQ(voice.run({.listeners = 1, .limited = 1, .share_bps = 10'000}, 10).max_bitrate_bps,
            16'000U);
}

TEST(Publisher, RemembersWhatItCostUnasked) {
  Voice voice;
  voice.run(kMostLimited, 6);
  EXPECT_EQ(voice.publisher.full_price_bps(), 54'400U);
  voice.track.bitrate_bps = 16'000;
  voice.run(kMostLimited, 30);
  EXPECT_EQ(voice.publisher.price_bps(), 38'400U);
  EXPECT_EQ(voice.publisher.full_price_bps(), 54'400U);
}

TEST(Publisher, PacksLongerWhereHeadersCostMoreThanTheVoice) {
  const struct {
    uint32_t share_bps, packet_ms, bitrate_bps;
  } rows[] = {
      {60'000, 20, 36'000}, {45'000, 20, 22'000}, {40'000, 40, 28'000},
      {30'000, 40, 18'000}, {25'000, 60, 16'000}, {5'000, 60, 16'000},
  };
  for (const auto& row : rows) {
    const Asked asked = fit_voice(row.share_bps, 16'000);
    EXPECT_EQ(asked.packet_ms, row.packet_ms) << row.share_bps;
    EXPECT_EQ(asked.max_bitrate_bps, row.bitrate_bps) << row.share_bps;
  }
}

TEST(Publisher, ServesThePercentileOfItsListeners) {
  EXPECT_EQ(beyond_percentile(1, 75), 0U) << "the only listener counts";
  EXPECT_EQ(beyond_percentile(3, 75), 0U) << "one of three is more than a quarter";
  EXPECT_EQ(beyond_percentile(4, 75), 1U);
  EXPECT_EQ(beyond_percentile(100, 75), 25U);
  EXPECT_EQ(beyond_percentile(100, 99), 1U);
  EXPECT_EQ(beyond_percentile(0, 75), 0U);
}

}  // namespace
}  // namespace veche::adaptive
