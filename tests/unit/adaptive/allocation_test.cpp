// SPDX-License-Identifier: Apache-2.0
// How a budget is filled.
#include "adaptive/allocation.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace veche::adaptive {
namespace {

constexpr Want kPlain{54'000, 36'000, 0}, kOne{54'000, 36'000, 1}, kTwo{54'000, 36'000, 2};

/// "2 1 -" : two repeated packets, one, nothing.
std::string filled(const std::vector<Want>& wants, const Bounds& bounds) {
  std::vector<Given> given(wants.size());
  fill(wants, bounds, given);
  std::string text;
  for (const Given& slot : given)
    text += (text.empty() ? "" : " ") + (slot.is_on ? std::to_string(slot.repeated) : "-");
  return text;
}

TEST(Allocation, GivesEverythingWithoutABudget) {
  EXPECT_EQ(filled({kTwo, kOne, kPlain}, {}), "2 1 0");
}

TEST(Allocation, CutsFromTheLeastImportantUp) {
  EXPECT_EQ(filled({kPlain, kPlain, kPlain}, {.budget_bps = 162'000}), "0 0 0");
  EXPECT_EQ(filled({kPlain, kPlain, kPlain}, {.budget_bps = 161'000}), "0 0 -");
  EXPECT_EQ(filled({kPlain, kPlain, kPlain}, {.budget_bps = 100'000}), "0 - -");
}

TEST(Allocation, LeavesOutACheapSlotBehindOneThatDoesNotFit) {
  EXPECT_EQ(filled({kPlain, kPlain, Want{3'000}}, {.budget_bps = 100'000}), "0 - -");
}

TEST(Allocation, KeepsTheMostImportantVoiceWhateverItCosts) {
  EXPECT_EQ(filled({kPlain, kPlain}, {.budget_bps = 20'000}), "0 -");
  EXPECT_EQ(filled({kTwo, kPlain}, {.budget_bps = 60'000}), "0 -") << "without redundancy first";
}

TEST(Allocation, ProtectsOneVoiceBeforeItAddsASecond) {
  EXPECT_EQ(filled({kOne, kOne}, {.budget_bps = 110'000}), "1 -");
}

TEST(Allocation, RepeatsASecondPacketOnlyFromWhatIsLeft) {
  EXPECT_EQ(filled({kTwo, kTwo}, {.budget_bps = 180'000}), "1 1");
  EXPECT_EQ(filled({kTwo, kTwo}, {.budget_bps = 216'000}), "2 1");
  EXPECT_EQ(filled({kTwo, kTwo}, {.budget_bps = 252'000}), "2 2");
}

TEST(Allocation, KeepsSlotsWhosePriceWavers) {
  EXPECT_EQ(filled({kPlain, kPlain}, {.budget_bps = 100'000, .kept = 2}), "0 0");
  EXPECT_EQ(filled({kPlain, kPlain}, {.budget_bps = 100'000, .kept = 1}), "0 -");
  EXPECT_EQ(filled({kPlain, kPlain}, {.budget_bps = 98'000, .kept = 2}), "0 -");
}

TEST(Allocation, CutsNothingButRedundancyWhereItMayNot) {
  EXPECT_EQ(filled({kTwo, kTwo, kTwo}, {.budget_bps = 200'000, .may_cut = false}), "1 1 0");
}

TEST(Allocation, GivesNothingWhileNothingMayBeOn) {
  EXPECT_EQ(filled({kTwo, kPlain}, {.budget_bps = 200'000, .most = 0}), "- -");
}

TEST(Allocation, NamesPrices) {
  const std::vector<Want> wants{kTwo, kPlain, kOne};
  EXPECT_EQ(least_price(wants, 2), 54'000U + 36'000 + 54'000);
  EXPECT_EQ(least_price(wants, 9), 3 * 54'000U + 2 * 36'000);
  EXPECT_EQ(whole_price(wants), 3 * 54'000U + 3 * 36'000);
}

}  // namespace
}  // namespace veche::adaptive
