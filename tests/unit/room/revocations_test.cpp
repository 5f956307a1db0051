// SPDX-License-Identifier: Apache-2.0
// Tests of revocations in virtual time: which tokens they reach, for how long, and their bound.
#include "room/revocations.hpp"

#include <gtest/gtest.h>

namespace veche::room {
namespace {

using Refusal = std::optional<TokenRefusal>;

constexpr int64_t kNow = 1'700'000'000'000;
constexpr int64_t kHour = 3'600'000;

TEST(Revocations, ReachOneParticipantsTokensUpToTheirMoment) {
  Revocations all;
  all.remove("blue", "ann", kNow);
  EXPECT_EQ(all.refusal("blue", "ann", kNow - kHour), TokenRefusal::Removed);
  EXPECT_EQ(all.refusal("blue", "ann", kNow), TokenRefusal::Removed) << "in the same moment";
  EXPECT_EQ(all.refusal("blue", "ann", kNow + 1), Refusal());
  EXPECT_EQ(all.refusal("blue", "bob", kNow - kHour), Refusal());
  EXPECT_EQ(all.refusal("red", "ann", kNow - kHour), Refusal());
}

TEST(Revocations, SayWhetherItWasARemovalOrAChangeOrTheRoom) {
  Revocations all;
  all.outdate("blue", "ann", kNow);
  EXPECT_EQ(all.refusal("blue", "ann", kNow), TokenRefusal::Outdated);
  all.remove("blue", "ann", kNow + 10);
  EXPECT_EQ(all.refusal("blue", "ann", kNow), TokenRefusal::Removed);
  all.outdate("blue", "ann", kNow + 20);
  EXPECT_EQ(all.refusal("blue", "ann", kNow + 10), TokenRefusal::Removed) << "it stays removed";
  EXPECT_EQ(all.refusal("blue", "ann", kNow + 20), TokenRefusal::Outdated);
  EXPECT_EQ(all.size(), 1u);
  all.delete_room("blue", kNow + 30);
  EXPECT_EQ(all.refusal("blue", "ann", kNow + 20), TokenRefusal::RoomDeleted);
  EXPECT_EQ(all.refusal("blue", "bob", kNow + 30), TokenRefusal::RoomDeleted);
  EXPECT_EQ(all.refusal("blue", "bob", kNow + 31), Refusal());
  EXPECT_EQ(all.refusal("red", "bob", kNow), Refusal());
}

TEST(Revocations, AKeeperKnowsAllThatIsNeededToRestoreThem) {
  std::map<std::string, Revocations::Reach> kept;
  const auto keep = [&](const std::string& key, const std::optional<Revocations::Reach>& reach) {
    if (reach) {
      kept[key] = *reach;
    } else {
      kept.erase(key);
    }
  };
  Revocations all(3);
  all.use_keeper(keep);
  all.remove("blue", "ann", kNow);  // Gives way to the floor.
  all.delete_room("red", kNow + 1);
  all.outdate("blue", "bob", kNow + 2);
  all.remove("blue", "eve", kNow + 3);
  all.invite("blue", "eve", kNow + 3);
  Revocations restored(3);
  restored.restore(kept);
  EXPECT_EQ(restored.size(), 3u);
  for (const char* room : {"blue", "red"}) {
    for (const char* participant : {"ann", "bob", "eve"}) {
      for (int64_t at = kNow - 1; at < kNow + 5; ++at) {
        EXPECT_EQ(restored.refusal(room, participant, at), all.refusal(room, participant, at))
            << room << participant << at - kNow;
      }
    }
  }
  EXPECT_GT(restored.issue(kNow), kNow + 2) << "newer than all that are revoked";
  restored.remove("blue", "dan", kNow + 9);
  EXPECT_EQ(restored.refusal("red", "ann", kNow + 1), TokenRefusal::Outdated)
      << "the oldest gives way first";
}

TEST(Revocations, AreNotMovedBackByAnEarlierOne) {
  Revocations all;
  all.remove("blue", "ann", kNow);
  all.remove("blue", "ann", kNow - kHour);  // The clock was set back.
  EXPECT_EQ(all.refusal("blue", "ann", kNow), TokenRefusal::Removed);
}

TEST(Revocations, AnInvitationLetsItsOwnTokenInAndNoOlderOne) {
  Revocations all;
  all.remove("blue", "ann", kNow);
  all.outdate("blue", "ann", kNow);
  all.delete_room("blue", kNow);
  all.invite("blue", "ann", kNow);
  EXPECT_EQ(all.refusal("blue", "ann", kNow), Refusal()) << "in the same moment";
  EXPECT_EQ(all.refusal("blue", "ann", kNow - 1), TokenRefusal::Removed);
  all.invite("blue", "ann", kNow + kHour);
  EXPECT_EQ(all.refusal("blue", "ann", kNow - 1), TokenRefusal::Removed)
      << "it moves no revocation forward";
  EXPECT_EQ(all.refusal("blue", "ann", kNow), Refusal());
}

TEST(Revocations, AnInvitationInTheSameMomentLetsNoOlderTokenIn) {
  Revocations all;
  const int64_t old = all.issue(kNow);
  all.remove("blue", "ann", kNow);
  const int64_t fresh = all.issue(kNow);
  all.invite("blue", "ann", fresh);
  EXPECT_EQ(all.refusal("blue", "ann", old), TokenRefusal::Removed);
  EXPECT_EQ(all.refusal("blue", "ann", fresh), Refusal());
}

TEST(Revocations, AnInvitationCountsAfterTheClockWasSetBack) {
  Revocations all(1);
  all.remove("blue", "bob", kNow);
  all.remove("blue", "ann", kNow);  // bob's gives way to the floor.
  const int64_t earlier = kNow - kHour;
  EXPECT_EQ(all.issue(earlier), earlier);
  EXPECT_EQ(all.refusal("blue", "ann", earlier), TokenRefusal::Removed);
  all.invite("blue", "ann", earlier);
  EXPECT_EQ(all.refusal("blue", "ann", earlier), Refusal());
  EXPECT_EQ(all.refusal("blue", "ann", earlier - 1), TokenRefusal::Removed);
}

TEST(Revocations, ReachATokenFromABackendWhoseClockIsAhead) {
  Revocations all;
  const int64_t ahead = kNow + 30'000;
  all.saw(ahead);
  all.saw(kNow - kHour);
  all.remove("blue", "ann", kNow + 5'000);
  EXPECT_EQ(all.refusal("blue", "ann", ahead), TokenRefusal::Removed);
  EXPECT_EQ(all.issue(kNow + 6'000), ahead + 1) << "an invitation's token comes after it";
  EXPECT_EQ(all.refusal("blue", "ann", ahead + 1), Refusal());
  EXPECT_EQ(all.issue(kNow + kHour), kNow + kHour);
}

TEST(Revocations, DoNotReachFurtherThanTheLeewayAfterAJumpOfTheClock) {
  Revocations all;
  all.saw(kNow + kHour);  // Before the clock was set back.
  EXPECT_EQ(all.issue(kNow), kNow);
  all.remove("blue", "ann", kNow);
  EXPECT_EQ(all.refusal("blue", "ann", kNow + Revocations::kLeewayMs), TokenRefusal::Removed);
  EXPECT_EQ(all.refusal("blue", "ann", kNow + Revocations::kLeewayMs + 1), Refusal());
}

TEST(Revocations, AreKeptUntilTheLongestTokenHasExpired) {
  constexpr int64_t kKeptMs = Revocations::kMaxTokenMs + Revocations::kLeewayMs;
  Revocations all;
  all.remove("blue", "ann", kNow);
  all.remove("blue", "bob", kNow + 1000);
  all.remove("blue", "eve", kNow + kKeptMs - 1);
  EXPECT_EQ(all.size(), 3u);
  all.remove("blue", "eve", kNow + kKeptMs);
  EXPECT_EQ(all.size(), 2u);
  EXPECT_EQ(all.refusal("blue", "bob", kNow), TokenRefusal::Removed);
  all.remove("blue", "bob", kNow + kKeptMs + 500);  // It is the newest again.
  all.remove("blue", "eve", kNow + kKeptMs + 1000);
  EXPECT_EQ(all.refusal("blue", "bob", kNow), TokenRefusal::Removed);
  all.delete_room("blue", kNow + 3 * kKeptMs);
  EXPECT_EQ(all.size(), 1u);
}

TEST(Revocations, AtTheBoundTheOldestGivesWayToAFloorForAllTokens) {
  Revocations all(3);
  all.remove("blue", "ann", kNow);
  all.outdate("blue", "bob", kNow + 10);
  all.delete_room("red", kNow + 20);
  all.remove("blue", "ann", kNow + 30);  // Now bob's is the oldest.
  EXPECT_EQ(all.refusal("green", "zoe", kNow), Refusal());
  all.remove("blue", "eve", kNow + 40);
  EXPECT_EQ(all.size(), 3u);
  EXPECT_EQ(all.refusal("blue", "bob", kNow + 10), TokenRefusal::Outdated) << "forgotten, not free";
  EXPECT_EQ(all.refusal("green", "zoe", kNow + 10), TokenRefusal::Outdated);
  EXPECT_EQ(all.refusal("green", "zoe", kNow + 11), Refusal());
  EXPECT_EQ(all.refusal("blue", "ann", kNow + 30), TokenRefusal::Removed);
}

TEST(Revocations, AHundredThousandAreKeptAndNoMore) {
  Revocations all;
  for (size_t i = 0; i < Revocations::kMax + 1000; ++i) {
    all.remove("room", std::to_string(i), kNow + static_cast<int64_t>(i));
  }
  EXPECT_EQ(all.size(), Revocations::kMax);
  EXPECT_EQ(all.refusal("other", "ann", kNow + 999), TokenRefusal::Outdated);
  EXPECT_EQ(all.refusal("other", "ann", kNow + 1000), Refusal());
  EXPECT_EQ(all.refusal("room", "0", kNow), TokenRefusal::Outdated);
  EXPECT_EQ(all.refusal("room", "1000", kNow + 1000), TokenRefusal::Removed);
}

}  // namespace
}  // namespace veche::room
