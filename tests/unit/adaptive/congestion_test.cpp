// SPDX-License-Identifier: Apache-2.0
// What counts as congestion, with feedback and with reports alone.
#include "adaptive/congestion.hpp"

#include <gtest/gtest.h>

namespace veche::adaptive {
namespace {

constexpr uint32_t kQueueUs = 50'000;

veche_controlled_session with_feedback() {
  veche_controlled_session session{};
  session.link = VECHE_LINK_FEEDBACK;
  session.capacity_bps = session.used_bps = 100'000;
  session.round_trip_us = 40'000;
  return session;
}

veche_controlled_session with_reports() {
  veche_controlled_session session = with_feedback();
  session.link = VECHE_LINK_REPORTS;
  session.capacity_bps = 0;
  session.jitter_us = 3'000;
  return session;
}

/// So many calls, 100 ms apart.
Congestion::Seen run(Congestion& congestion, const veche_controlled_session& session, int calls,
                     int64_t& now_ns) {
  for (int i = 0; i < calls; ++i)
    congestion.update(session, kQueueUs, now_ns += 100 * kMillisecond);
  return congestion.seen();
}

TEST(Congestion, IsAQueueThatStandsFor200Milliseconds) {
  Congestion congestion;
  int64_t now_ns = 0;
  auto session = with_feedback();
  session.queue_us = 60'000;
  EXPECT_FALSE(run(congestion, session, 2, now_ns).is_standing);
  EXPECT_TRUE(run(congestion, session, 1, now_ns).is_standing);
  session.queue_us = 10'000;
  EXPECT_FALSE(run(congestion, session, 1, now_ns).is_standing);
  EXPECT_FALSE(run(congestion, session, 4, now_ns).is_clear);
  EXPECT_TRUE(run(congestion, session, 1, now_ns).is_clear);
}

TEST(Congestion, IsNotAQueueThatComesAndGoes) {
  Congestion congestion;
  int64_t now_ns = 0;
  auto session = with_feedback();
  for (int i = 0; i < 50; ++i) {
    session.queue_us = i % 2 == 0 ? 1'000 : 250'000;
    EXPECT_FALSE(run(congestion, session, 1, now_ns).is_standing);
  }
}

TEST(Congestion, NeedsNoSecondLookAtATallQueue) {
  Congestion congestion;
  int64_t now_ns = 0;
  auto session = with_feedback();
  session.queue_us = 200'000;
  EXPECT_TRUE(run(congestion, session, 2, now_ns).is_standing);
}

TEST(Congestion, IsLossFarAboveTheFloorOnlyIfMoreIsSentThanWasProven) {
  Congestion policed, lossy;
  int64_t now_ns = 0;
  auto session = with_feedback();
  session.loss = 0.3F;
  session.loss_floor = 0.01F;
  EXPECT_FALSE(run(lossy, session, 30, now_ns).is_standing);
  session.capacity_bps = 70'000;
  EXPECT_FALSE(run(policed, session, 10, now_ns).is_standing) << "a floor takes time to be known";
  EXPECT_TRUE(run(policed, session, 1, now_ns).is_standing);
  session.loss_floor = 0.25F;
  EXPECT_FALSE(run(policed, session, 1, now_ns).is_standing);
}

TEST(Congestion, NeedsLossTogetherWithDelayWhereThereAreOnlyReports) {
  const struct {
    const char* what;
    float loss;
    uint32_t round_trip_us, jitter_us;
    bool is_congestion;
  } rows[] = {
      {"loss alone", 0.2F, 40'000, 3'000, false},
      {"a longer round trip alone", 0, 200'000, 3'000, false},
      {"both", 0.2F, 130'000, 3'000, true},
      {"loss and jitter", 0.2F, 40'000, 30'000, true},
      {"little loss and jitter", 0.05F, 40'000, 30'000, false},
      {"a much longer round trip", 0, 450'000, 3'000, true},
  };
  for (const auto& row : rows) {
    Congestion congestion;
    int64_t now_ns = 0;
    auto session = with_reports();
    EXPECT_FALSE(run(congestion, session, 50, now_ns).is_standing);
    session.loss = row.loss;
    session.round_trip_us = row.round_trip_us;
    session.jitter_us = row.jitter_us;
    EXPECT_FALSE(run(congestion, session, 10, now_ns).is_standing) << row.what << ": too soon";
    EXPECT_EQ(run(congestion, session, 1, now_ns).is_standing, row.is_congestion) << row.what;
  }
}

TEST(Congestion, IsNotClearWhileTheRoundTripHasGrown) {
  Congestion congestion;
  int64_t now_ns = 0;
  auto session = with_reports();
  EXPECT_TRUE(run(congestion, session, 50, now_ns).is_clear);
  session.round_trip_us += 100'000;
  const Congestion::Seen seen = run(congestion, session, 50, now_ns);
  EXPECT_FALSE(seen.is_standing);
  EXPECT_FALSE(seen.is_clear) << "no time to send more";
}

TEST(Congestion, IsNothingWhereNothingIsKnown) {
  Congestion congestion;
  int64_t now_ns = 0;
  veche_controlled_session session{};
  session.queue_us = 900'000;
  EXPECT_FALSE(run(congestion, session, 30, now_ns).is_standing);
}

}  // namespace
}  // namespace veche::adaptive
