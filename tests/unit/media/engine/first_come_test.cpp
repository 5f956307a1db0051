// SPDX-License-Identifier: Apache-2.0
// Tests of the selector for servers without a selector plugin.
#include "media/engine/first_come.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace veche::media {
namespace {

TEST(FirstComeSelector, FillsFreeSlotsInOrderAndKeepsThem) {
  FirstComeSelector selector;
  const auto settings = selector.make_settings("{}");
  ASSERT_TRUE(settings);
  const auto state = selector.open(**settings);
  ASSERT_TRUE(state);
  std::vector<veche_candidate> candidates(3);
  for (size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].track = 10 + i;
    candidates[i].participant = 20 + i;
    candidates[i].last_packet_ns = 5;
  }
  veche_listener listener{};
  listener.participant = 20;
  listener.slot_count = 2;
  veche_slot slots[2] = {{12, VECHE_KIND_AUDIO, 0}, {0, VECHE_KIND_AUDIO, 0}};
  uint8_t speaking[3] = {};
  veche_room_view view{};
  view.now_ns = 10;
  view.candidates = candidates.data();
  view.candidate_count = 3;
  view.listeners = &listener;
  view.listener_count = 1;
  view.slot_count = 2;
  veche_selection selection{};
  selection.slots = slots;
  selection.speaking = speaking;
  (*state)->select(view, selection);
  EXPECT_EQ(slots[0].track, 12u);
  EXPECT_EQ(slots[1].track, 11u);
  EXPECT_FALSE(selector.make_settings(R"({"max_speakers":3})"));
}

TEST(FirstComeSelector, GivesAParticipantOneSlot) {
  FirstComeSelector selector;
  const auto settings = selector.make_settings("{}");
  const auto state = selector.open(**settings);
  std::vector<veche_candidate> candidates(4);
  for (size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].track = 10 + i;
    candidates[i].participant = i < 3 ? 20 : 21;
    candidates[i].last_packet_ns = 5;
  }
  veche_listener listener{};
  listener.participant = 30;
  listener.slot_count = 4;
  veche_slot slots[4] = {};
  uint8_t speaking[4] = {};
  veche_room_view view{};
  view.now_ns = 10;
  view.candidates = candidates.data();
  view.candidate_count = 4;
  view.listeners = &listener;
  view.listener_count = 1;
  view.slot_count = 4;
  veche_selection selection{};
  selection.slots = slots;
  selection.speaking = speaking;
  for (int tick = 0; tick < 2; ++tick) (*state)->select(view, selection);
  EXPECT_EQ(slots[0].track, 10u);
  EXPECT_EQ(slots[1].track, 13u);
  EXPECT_EQ(slots[2].track, 0u);
}

TEST(FirstComeSelector, LetsNobodyBeHeardIfItIsToBeSilent) {
  FirstComeSelector selector(true);
  const auto settings = selector.make_settings("{}");
  const auto state = selector.open(**settings);
  ASSERT_TRUE(state);
  veche_candidate candidate{};
  candidate.track = 10;
  candidate.participant = 20;
  candidate.last_packet_ns = 5;
  veche_listener listener{};
  listener.participant = 30;
  listener.slot_count = 2;
  veche_slot slots[2] = {{10, VECHE_KIND_AUDIO, 0}, {0, VECHE_KIND_AUDIO, 0}};
  uint8_t speaking[1] = {};
  veche_room_view view{};
  view.now_ns = 10;
  view.candidates = &candidate;
  view.listeners = &listener;
  view.candidate_count = view.listener_count = 1;
  view.slot_count = 2;
  veche_selection selection{};
  selection.slots = slots;
  selection.speaking = speaking;
  (*state)->select(view, selection);
  EXPECT_EQ(slots[0].track, 0u) << "what another selector had put there";
  EXPECT_EQ(slots[1].track, 0u);
  EXPECT_EQ(speaking[0], 0);
}

}  // namespace
}  // namespace veche::media
