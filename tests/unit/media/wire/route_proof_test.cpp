// SPDX-License-Identifier: Apache-2.0
// RouteProof: which reports prove that a client receives what is sent over a new route.
#include "media/wire/route_proof.hpp"

#include <gtest/gtest.h>

namespace veche::media {
namespace {

using Verdict = RouteProof::Verdict;

constexpr int64_t kBegun = 5 * kNsPerS;
constexpr int64_t kLate = kBegun + RouteProof::kPatienceNs;
constexpr uint32_t kNow = 0xffff'fff0;  ///< Compact NTP times wrap.
constexpr uint64_t kBefore = 70, kEnough = kBefore + RouteProof::kEnoughPackets;

class RouteProofTest : public testing::Test {
 protected:
  RouteProofTest() { proof_.begin(kBegun, kNow, kBefore); }
  RouteProof proof_;
};

TEST_F(RouteProofTest, NeedsNoneForAFirstRoute) {
  EXPECT_EQ(RouteProof().verdict(kLate, kEnough), Verdict::Proven);
}

TEST_F(RouteProofTest, IsTheEchoOfASenderReport) {
  proof_.on_echo(0);
  proof_.on_report(kNow + 0x20);
  EXPECT_EQ(proof_.verdict(kBegun, kBefore), Verdict::Open);
  proof_.on_echo(kNow - 1);
  EXPECT_EQ(proof_.verdict(kBegun, kBefore), Verdict::Open) << "sent over the old route";
  proof_.on_echo(kNow + 0x20);
  EXPECT_EQ(proof_.verdict(kBegun, kBefore), Verdict::Proven);
  EXPECT_EQ(proof_.verdict(kLate, kEnough), Verdict::Proven);
}

TEST_F(RouteProofTest, FailsOnlyOnceTheClientHadTimeAndPacketsToReportOn) {
  EXPECT_EQ(proof_.verdict(kLate - 1, kEnough), Verdict::Open);
  EXPECT_EQ(proof_.verdict(kLate, kEnough - 1), Verdict::Open) << "a silent room";
  EXPECT_EQ(proof_.verdict(kLate, kEnough), Verdict::Failed);
}

TEST_F(RouteProofTest, CannotBeGuessed) {
  proof_.on_report(kNow + 1000);
  for (uint32_t guess = 1; guess <= RouteProof::kMaxGuesses; ++guess) {
    proof_.on_echo(kNow + 100 + guess);
  }
  EXPECT_EQ(proof_.verdict(kBegun, kBefore), Verdict::Open);
  proof_.on_echo(kNow + 999);
  EXPECT_EQ(proof_.verdict(kBegun, kBefore), Verdict::Failed);
  proof_.on_echo(kNow + 1000);
  EXPECT_EQ(proof_.verdict(kBegun, kBefore), Verdict::Failed) << "too late";
}

TEST_F(RouteProofTest, BeginsAfreshWithEachRoute) {
  proof_.on_report(kNow + 1);
  proof_.begin(kBegun + kNsPerS, kNow + 0x10000, kBefore + 1);
  proof_.on_echo(kNow + 1);
  EXPECT_EQ(proof_.verdict(kBegun, kBefore), Verdict::Open);
  proof_.end();
  EXPECT_EQ(proof_.verdict(kLate + kNsPerS, kEnough), Verdict::Proven);
}

TEST_F(RouteProofTest, KnowsTheReportsOfAMinute) {
  for (uint32_t second = 0; second < 70; ++second) proof_.on_report(kNow + second * 0x10000);
  proof_.on_echo(kNow + 5 * 0x10000);
  EXPECT_EQ(proof_.verdict(kBegun, kBefore), Verdict::Open);
  proof_.on_echo(kNow + 6 * 0x10000);
  EXPECT_EQ(proof_.verdict(kBegun, kBefore), Verdict::Proven);
}

}  // namespace
}  // namespace veche::media
