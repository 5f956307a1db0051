// SPDX-License-Identifier: Apache-2.0
// IceSession: which of several nominated pairs media takes, in sequences as clients send them.
#include "media/ice/ice_session.hpp"

#include <gtest/gtest.h>

#include "stun_client.hpp"

namespace veche::media {
namespace {

using test::pair;

constexpr uint32_t kHigh = 2000, kLow = 1000;

struct Step {
  int64_t at_ms = 0;
  char from = 'a';
  uint32_t priority = 0;
  bool nominates = false;
  char selected = '-';  ///< After the step; '-': none.
};

class NominationTest : public testing::Test {
 protected:
  void run(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      const CandidatePair from = pair_of(step.from);
      auto slot = session_.find(from);
      if (!slot) {
        slot = session_.place();
        session_.take(*slot, from);
      }
      const char before = selected();
      const IceChange change = session_.accept(*slot, step.priority, step.nominates,
                                               1000 * kNsPerS + step.at_ms * kNsPerMs);
      ASSERT_EQ(selected(), step.selected) << "at " << step.at_ms << " ms";
      EXPECT_EQ(change.nominated, before == '-' && selected() != '-') << step.at_ms;
      EXPECT_EQ(change.moved, before != '-' && selected() != before) << step.at_ms;
      moves_ += change.moved ? 1 : 0;
    }
  }
  static CandidatePair pair_of(char name) { return pair("192.0.2.1", static_cast<uint16_t>(name)); }
  char selected() const {
    return session_.selected() != nullptr ? static_cast<char>(session_.selected()->peer.port())
                                          : '-';
  }

  IceSession session_{SessionId{1}, {}};
  int moves_ = 0;
};

TEST_F(NominationTest, IsNotAPlainCheck) {
  run({{0, 'a', kHigh, false, '-'}, {2500, 'a', kHigh, false, '-'}});
}

TEST_F(NominationTest, FollowsARegularNominator) {
  run({{0, 'a', kLow, false, '-'},
       {20, 'b', kHigh, false, '-'},
       {60, 'b', kHigh, true, 'b'},
       {2560, 'b', kHigh, true, 'b'},
       {5060, 'b', kHigh, false, 'b'}});  // A plain consent check does not withdraw anything.
}

TEST_F(NominationTest, MovesUpAtOnceWhileChromiumStillConnects) {
  run({{0, 'a', kLow, false, '-'},
       {10, 'a', kLow, true, 'a'},
       {30, 'b', kHigh, false, 'a'},
       {60, 'b', kHigh, true, 'b'},
       {70, 'a', kLow, true, 'b'},  // In flight when the client switched.
       {110, 'b', kHigh, true, 'b'}});
}

TEST_F(NominationTest, MovesDownAtOnceWhenChromiumLeavesANetwork) {
  run({{0, 'a', kHigh, false, '-'},
       {50, 'a', kHigh, true, 'a'},
       {2550, 'a', kHigh, true, 'a'},
       {2600, 'b', kLow, false, 'a'},
       {3200, 'b', kLow, true, 'b'},
       {3300, 'a', kHigh, true, 'b'},  // Overtaken on the slower network.
       {5700, 'b', kLow, true, 'b'},
       {6000, 'a', kHigh, false, 'b'},  // Kept alive as a backup.
       {8200, 'b', kLow, true, 'b'},
       {8300, 'a', kHigh, true, 'a'}});  // And back to the better network.
}

TEST_F(NominationTest, IsFollowedAtTheNextRequestIfTheOldPairWasJustNominated) {
  run({{0, 'a', kHigh, false, '-'},
       {50, 'a', kHigh, true, 'a'},
       {60, 'b', kLow, false, 'a'},
       {300, 'b', kLow, true, 'a'},
       {780, 'b', kLow, true, 'b'}});
}

TEST_F(NominationTest, FollowsANewNatBindingOfTheSamePair) {
  run({{0, 'a', kLow, false, '-'},
       {50, 'a', kLow, true, 'a'},
       {2550, 'a', kLow, true, 'a'},
       {5050, 'b', kLow, true, 'b'},
       {7550, 'b', kLow, true, 'b'}});
}

TEST_F(NominationTest, DoesNotFlapUnderAggressiveNomination) {
  for (const int64_t interval_ms : {20, 100, 480, 1250, 2500, 4000}) {
    run({{0, 'a', kLow, true, 'a'}, {5, 'b', kHigh, true, 'b'}});
    std::vector<Step> steps;
    for (int64_t i = 1; i < 200; ++i) {
      steps.push_back({i * interval_ms, 'b', kHigh, true, 'b'});
      steps.push_back({i * interval_ms + interval_ms / 2, 'a', kLow, true, 'b'});
    }
    run(steps);
    EXPECT_EQ(moves_, 1) << interval_ms;
    session_.drop(0);
    session_.drop(1);
    moves_ = 0;
  }
}

TEST_F(NominationTest, LeavesAnAggressiveNominatorsBestPairOnceItIsSilent) {
  run({{0, 'b', kHigh, true, 'b'},
       {1000, 'a', kLow, true, 'b'},
       {3500, 'a', kLow, true, 'b'},
       {6000, 'a', kLow, true, 'a'}});
}

TEST_F(NominationTest, FollowsTheNewestWithoutPriorities) {
  run({{0, 'a', 0, false, '-'},
       {10, 'a', 0, true, 'a'},
       {600, 'b', 0, false, 'a'},
       {700, 'b', 0, true, 'b'}});
}

/// A session whose selected and proven pair is `a`, at 50 ms.
class ProofTest : public NominationTest {
 protected:
  ProofTest() {
    run({{0, 'a', kLow, false, '-'}, {50, 'a', kLow, true, 'a'}});
    EXPECT_TRUE(session_.is_proven()) << "by the DTLS handshake";
  }
  static int64_t at(int64_t ms) { return 1000 * kNsPerS + ms * kNsPerMs; }
  /// Moves to `b`, of which nothing is proven.
  void move_at(int64_t ms) {
    run({{ms, 'b', kHigh, true, 'b'}});
    EXPECT_FALSE(session_.is_proven());
  }
};

TEST_F(ProofTest, APairThatIsNotProvenGivesMediaBack) {
  move_at(1000);
  session_.distrust(at(2000));
  EXPECT_EQ(selected(), 'a');
  EXPECT_TRUE(session_.is_proven());
}

TEST_F(ProofTest, AProvenPairIsWhereMediaReturnsTo) {
  move_at(1000);
  session_.prove();
  EXPECT_TRUE(session_.is_proven());
  session_.distrust(at(1500));
  EXPECT_EQ(selected(), 'b') << "there is nothing to distrust";
  run({{2000, 'c', kHigh + 1, true, 'c'}});
  session_.distrust(at(3000));
  EXPECT_EQ(selected(), 'b');
}

TEST_F(ProofTest, NextMovesWaitLongerEachTime) {
  int64_t now_ms = 1000;
  for (const int64_t wait_ms :
       {10'000, 20'000, 40'000, 80'000, 160'000, 320'000, 640'000, 640'000}) {
    move_at(now_ms);
    session_.distrust(at(now_ms));
    run({{now_ms + wait_ms - 1, 'b', kHigh, true, 'a'}});
    EXPECT_FALSE(session_.follow(*session_.find(pair_of('b')), at(now_ms + wait_ms - 1)));
    now_ms += wait_ms;
  }
}

TEST_F(ProofTest, TheWayBackIsAlwaysOpen) {
  move_at(1000);
  session_.distrust(at(2000));
  move_at(12'000);
  run({{13'000, 'a', kLow, true, 'a'}});
  EXPECT_TRUE(session_.is_proven());
}

TEST_F(ProofTest, APairThatMediaArrivesFromIsSelectedAsIfItWereNominated) {
  run({{1000, 'b', kLow, false, 'a'}});
  EXPECT_TRUE(session_.follow(*session_.find(pair_of('b')), at(2000)));
  EXPECT_EQ(selected(), 'b');
  EXPECT_FALSE(session_.is_proven());
  EXPECT_FALSE(session_.follow(*session_.find(pair_of('b')), at(2001))) << "it is selected already";
  run({{2100, 'a', kLow, true, 'b'},  // In flight when the client switched.
       {2600, 'a', kLow, true, 'a'}});
}

TEST_F(ProofTest, APairThatAnotherSessionTakesGivesMediaBackToTheProvenOne) {
  move_at(1000);
  session_.drop(*session_.find(pair_of('b')));
  EXPECT_EQ(selected(), 'a');
  session_.drop(*session_.find(pair_of('a')));
  EXPECT_EQ(selected(), '-');
  session_.distrust(at(1500));
  run({{11'499, 'c', kHigh, true, '-'}, {11'500, 'c', kHigh, true, 'c'}});
  EXPECT_FALSE(session_.is_proven()) << "only the first pair is proven by DTLS";
}

TEST_F(ProofTest, TheProvenPairKeepsItsPlace) {
  move_at(1000);
  for (char name = 'c'; name < 'z'; ++name) run({{2000 + name, name, kLow, false, 'b'}});
  EXPECT_TRUE(session_.find(pair_of('a')));
  EXPECT_TRUE(session_.find(pair_of('b')));
}

TEST(IceSession, GivesThePlaceOfThePairThatWasSilentLongest) {
  IceSession session(SessionId{1}, {});
  for (uint16_t port = 0; port < IceSession::kMaxPairs; ++port) {
    const size_t slot = session.place();
    session.take(slot, pair("192.0.2.1", port));
    session.accept(slot, 1, port == 0, port + 1);
  }
  const size_t slot = session.place();  // Port 0 was silent longer, but is selected.
  EXPECT_EQ(session.at(slot).pair, pair("192.0.2.1", 1));
}

TEST(TransactionMemory, RemembersTransactionsAndWhereTheyCameFrom) {
  TransactionMemory session;
  EXPECT_EQ(session.seen(0, 0), TransactionMemory::Seen::Never);
  for (uint64_t id = 0; id < 40; ++id) session.remember(id, 5);
  EXPECT_EQ(session.seen(39, 5), TransactionMemory::Seen::Here);
  EXPECT_EQ(session.seen(39, 6), TransactionMemory::Seen::Elsewhere);
  EXPECT_EQ(session.seen(8, 6), TransactionMemory::Seen::Elsewhere);
  EXPECT_EQ(session.seen(7, 6), TransactionMemory::Seen::Never);
}

}  // namespace
}  // namespace veche::media
