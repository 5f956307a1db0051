// SPDX-License-Identifier: Apache-2.0
// Random lives of sessions: invariants that hold for any order of events.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <utility>

#include "base/time.hpp"
#include "media/session/session_life.hpp"

namespace veche::media {
namespace {

using namespace session_event;

constexpr int64_t kOfferTimeoutNs = 15 * kNsPerS;

/// Acts as workers and lanes, and checks the invariants.
class House {
 public:
  explicit House(std::minstd_rand& random) : random_(random) { on(Offered{}); }

  void on(const SessionEvent& event) {
    if (std::holds_alternative<Closed>(event)) is_closed_ = true;
    const SessionActions actions = life_.on(event, ++now_ns_);
    for (size_t i = 0; i < actions.steps.size(); ++i) {
      const SessionAction step = actions.steps[i];
      ++counts_[step];
      EXPECT_FALSE(is_forgotten_) << "nothing comes after the end";
      const bool tells = step == SessionAction::TellAnswer ||
                         step == SessionAction::TellConnected || step == SessionAction::TellEnded;
      EXPECT_TRUE(!tells || i + 1 == actions.steps.size()) << "what tells is the last";
      EXPECT_FALSE(tells && is_closed_) << "a closed session tells nothing";
      ask(step);
    }
  }
  bool is_waited_for() const { return pending_.has_value(); }
  /// The worker or the lane is done, successfully or not.
  void answer() {
    const SessionEvent event = *std::exchange(pending_, std::nullopt);
    on(event);
  }
  int count(SessionAction action) { return counts_[action]; }
  const SessionLife& life() const { return life_; }

 private:
  bool succeeds() { return random_() % 4 != 0; }
  void ask(SessionAction step) {
    std::optional<SessionEvent> next;
    switch (step) {
      case SessionAction::Negotiate: next = Negotiated{succeeds(), now_ns_}; break;
      case SessionAction::Admit: next = Admitted{succeeds()}; break;
      case SessionAction::Open:
        next = Opened{succeeds() ? Status(Ok{}) : Status(internal("broken"))};
        break;
      case SessionAction::Detach: next = Detached{}; break;
      case SessionAction::Leave: next = Left{}; break;
      case SessionAction::Destroy: next = Destroyed{}; break;
      case SessionAction::Forget: is_forgotten_ = true; break;
      default: return;
    }
    if (!next) return;
    EXPECT_FALSE(pending_) << "one worker or lane at a time has the session";
    pending_ = std::move(next);
  }

  std::minstd_rand& random_;
  SessionLife life_{kOfferTimeoutNs};
  int64_t now_ns_ = 0;
  std::optional<SessionEvent> pending_;
  std::map<SessionAction, int> counts_;
  bool is_closed_ = false, is_forgotten_ = false;
};

TEST(SessionLife, EndsOnceAndWholeWhateverHappensWhen) {
  const SessionEvent anything[] = {
      IceConnected{},        PeerConnected{}, PeerConnected{},
      PeerFailed{},          SpareGone{},     WebrtcFailed{"broken"},
      Violated{"rules"},     Closed{},        Tick{.heard_ns = 1 << 20},
      Tick{-kOfferTimeoutNs}};
  std::map<SessionAction, int> seen;
  for (uint32_t seed = 1; seed <= 20'000; ++seed) {
    std::minstd_rand random(seed);
    House house(random);
    for (int i = 0; i < 12; ++i) {
      if (house.is_waited_for() && random() % 2 == 0) {
        house.answer();
      } else {
        house.on(anything[random() % std::size(anything)]);
      }
    }
    house.on(Closed{});
    while (house.is_waited_for()) house.answer();
    ASSERT_EQ(house.life().phase(), SessionPhase::Gone) << "seed " << seed;
    for (const SessionAction once :
         {SessionAction::Leave, SessionAction::Destroy, SessionAction::Forget}) {
      ASSERT_EQ(house.count(once), 1) << "action " << static_cast<int>(once) << ", seed " << seed;
    }
    ASSERT_EQ(house.count(SessionAction::Detach), house.count(SessionAction::Attach)) << seed;
    for (const SessionAction most : {SessionAction::TellAnswer, SessionAction::TellConnected,
                                     SessionAction::TellEnded, SessionAction::Attach}) {
      ASSERT_LE(house.count(most), 1) << "action " << static_cast<int>(most) << ", seed " << seed;
      seen[most] += house.count(most);
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
  for (const auto& [action, count] : seen)
    EXPECT_GT(count, 100) << "action " << static_cast<int>(action);
}

}  // namespace
}  // namespace veche::media
