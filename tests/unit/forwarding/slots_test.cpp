// SPDX-License-Identifier: Apache-2.0
// One listener's slots: own tracks, pins, blocks, mutes, limits, and no changes without need.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "simulated_room.hpp"

namespace veche::forwarding::test {
namespace {

constexpr int kEndMs = 20000;

/// `talkers` people talk all the time from second 1 on, and then `others` are silent.
class Room : public testing::Test {
 protected:
  SimulatedRoom& open(int max_speakers, uint32_t talkers, uint32_t others, size_t slots = 3) {
    Settings settings;
    settings.max_speakers = max_speakers;
    room_ = std::make_unique<SimulatedRoom>(settings);
    for (uint32_t i = 0; i < talkers; ++i)
      room_->join(Script(i + 1, -65).silence(1000).turn(kEndMs), {}, slots);
    for (uint32_t i = 0; i < others; ++i)
      room_->join(Script(i + 100, -65).silence(kEndMs), {}, slots);
    return *room_;
  }
  size_t heard(size_t listener) const {
    const auto& slots = room_->person(listener).slots;
    return slots.size() - static_cast<size_t>(std::count(slots.begin(), slots.end(), 0U));
  }
  void prefer(size_t listener, size_t other, uint32_t flags) const {
    room_->person(listener).preferences.push_back({room_->person(other).participant, flags, 0});
  }
  std::unique_ptr<SimulatedRoom> room_;
};

TEST_F(Room, GivesATalkerTheNextBestInsteadOfThemself) {
  SimulatedRoom& room = open(3, 4, 1);
  for (room.run_until(3000); room.now_ms() < 10000; room.tick()) {
    for (size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(heard(i), 3U);
      EXPECT_FALSE(room.hears(i, i));
    }
  }
}

TEST_F(Room, HasNoTrackTwiceInOneListener) {
  SimulatedRoom& room = open(5, 4, 1, 5);
  for (; room.now_ms() < 10000; room.tick()) {
    for (size_t i = 0; i < 5; ++i) {
      std::vector<uint64_t> slots = room.person(i).slots;
      slots.erase(std::remove(slots.begin(), slots.end(), 0U), slots.end());
      std::sort(slots.begin(), slots.end());
      EXPECT_EQ(std::adjacent_find(slots.begin(), slots.end()), slots.end());
    }
  }
}

TEST_F(Room, KeepsEachSpeakerInTheSameSlot) {
  SimulatedRoom& room = open(3, 3, 1);
  room.run_until(3000);
  const auto slots = room.person(3).slots;
  const int switches = room.switches(3);
  room.run_until(15000);
  EXPECT_EQ(room.person(3).slots, slots);
  EXPECT_EQ(room.switches(3), switches);
}

TEST_F(Room, LimitsAListenerByTheRoomByTheirOwnLimitAndByTheirSlots) {
  SimulatedRoom& room = open(2, 4, 3, 4);
  room.person(5).max_speakers = 1;
  room.person(6).max_speakers = 9;
  room.run_until(5000);
  EXPECT_EQ(heard(4), 2U) << "the room's";
  EXPECT_EQ(heard(5), 1U) << "their own";
  EXPECT_EQ(heard(6), 4U) << "as many slots as there are";
}

TEST_F(Room, HasNothingToSpareWhereItsOwnLimitOrItsPinsOrOneMainSpeakerFillIt) {
  SimulatedRoom& room = open(2, 2, 4, 4);
  const size_t interrupter =
      room.join(Script(50, -65).silence(5000).interjection(160).silence(kEndMs));
  room.person(3).max_speakers = 2;
  prefer(4, 2, VECHE_PREFER_PINNED);
  prefer(4, 3, VECHE_PREFER_PINNED);
  room.person(5).max_speakers = 1;
  room.run_until(5000);
  bool is_heard = false;
  for (; room.now_ms() < 6000; room.tick()) {
    is_heard = is_heard || room.hears(2, interrupter);
    for (const size_t listener : {3U, 4U, 5U}) EXPECT_FALSE(room.hears(listener, interrupter));
    EXPECT_LE(heard(2), 3U);
    EXPECT_LE(heard(3), 2U);
    EXPECT_LE(heard(5), 1U);
  }
  EXPECT_TRUE(is_heard);
}

TEST_F(Room, AListenerWithOneSlotHearsTheMainSpeaker) {
  SimulatedRoom& room = open(3, 2, 1, 1);
  room.run_until(3000);
  int ticks = 0, others = 0;
  for (; room.now_ms() < 15000; room.tick(), ++ticks) {
    const size_t main = room.dominant() == room.track(0) ? 0 : 1;
    others += room.hears(2, main) ? 0 : 1;
    // As if it had just joined, and the other talker were a little stronger at that moment.
    if (ticks % 100 == 0) room.person(2).slots = {room.track(1 - main)};
  }
  EXPECT_LT(others, ticks / 10) << "only while the main speaker pauses";
}

TEST_F(Room, LowersALimitByDroppingTheWeakest) {
  SimulatedRoom& room = open(3, 1, 3);
  prefer(1, 2, VECHE_PREFER_PINNED);
  room.person(1).slots = {room.track(3), room.track(0), 0};
  room.run_until(3000);
  room.person(1).max_speakers = 2;
  room.tick();
  EXPECT_TRUE(room.hears(1, 0) && room.hears(1, 2));
  EXPECT_EQ(heard(1), 2U);
}

TEST_F(Room, PlacesPinsFirstAndKeepsThem) {
  SimulatedRoom& room = open(2, 3, 2);
  prefer(4, 3, VECHE_PREFER_PINNED);
  for (room.run_until(2000); room.now_ms() < 10000; room.tick()) {
    EXPECT_TRUE(room.hears(4, 3)) << "silent, and heard all the same";
    EXPECT_EQ(heard(4), 2U);
  }
  EXPECT_FALSE(room.hears(0, 3)) << "the pin is the other listener's";
}

TEST_F(Room, ANewPinDoesNotMoveAnOlderOne) {
  SimulatedRoom& room = open(3, 2, 4);
  prefer(5, 2, VECHE_PREFER_PINNED);
  room.run_until(2000);
  const auto before = room.person(5).slots;
  auto& preferences = room.person(5).preferences;
  preferences.insert(preferences.begin(), {room.person(3).participant, VECHE_PREFER_PINNED, 0});
  room.tick();
  EXPECT_TRUE(room.hears(5, 3));
  const auto find = [](const std::vector<uint64_t>& slots, uint64_t track) {
    return std::find(slots.begin(), slots.end(), track) - slots.begin();
  };
  EXPECT_EQ(find(room.person(5).slots, room.track(2)), find(before, room.track(2)));
}

TEST_F(Room, MorePinsThanTheLimitFillItAndNoMore) {
  SimulatedRoom& room = open(2, 1, 4, 4);
  for (size_t other : {1U, 2U, 3U}) prefer(4, other, VECHE_PREFER_PINNED);
  room.run_until(3000);
  EXPECT_TRUE(room.hears(4, 1) && room.hears(4, 2));
  EXPECT_EQ(heard(4), 2U);
}

TEST_F(Room, BlocksAreNeverHeardEvenIfPinned) {
  SimulatedRoom& room = open(3, 2, 1);
  room.run_until(2000);
  EXPECT_TRUE(room.hears(2, 0));
  prefer(2, 0, VECHE_PREFER_BLOCKED | VECHE_PREFER_PINNED);
  for (; room.now_ms() < 5000;) {
    room.tick();
    EXPECT_FALSE(room.hears(2, 0));
    EXPECT_TRUE(room.hears(1, 0)) << "by others they are";
  }
}

TEST_F(Room, AMutedTrackIsNotHeardNorShownAndComesBackWhenUnmuted) {
  SimulatedRoom& room = open(3, 2, 1);
  room.run_until(3000);
  room.person(0).flags = VECHE_CANDIDATE_MUTED;
  for (; room.now_ms() < 5000;) {
    room.tick();
    EXPECT_FALSE(room.hears(2, 0));
    EXPECT_FALSE(room.speaking(0));
    EXPECT_NE(room.dominant(), room.track(0));
  }
  room.person(0).flags = 0;
  room.run_until(6000);
  EXPECT_TRUE(room.hears(2, 0));
}

TEST_F(Room, APersonIsNotHeardThroughAPinOfThemself) {
  SimulatedRoom& room = open(3, 2, 1);
  prefer(0, 0, VECHE_PREFER_PINNED);
  room.run_until(3000);
  EXPECT_FALSE(room.hears(0, 0));
}

TEST_F(Room, ForgetsTracksThatAreGone) {
  SimulatedRoom& room = open(3, 2, 1);
  room.run_until(3000);
  room.person(2).slots = {999, room.track(0), room.track(0)};
  room.tick();
  EXPECT_EQ(std::count(room.person(2).slots.begin(), room.person(2).slots.end(), 999U), 0);
  EXPECT_EQ(std::count(room.person(2).slots.begin(), room.person(2).slots.end(), room.track(0)), 1);
}

TEST_F(Room, GivesAParticipantOneSlotHoweverManyLoudTracksItHas) {
  SimulatedRoom& room = open(3, 6, 1);
  for (size_t i = 1; i < 4; ++i) room.person(i).participant = room.person(0).participant;
  for (room.run_until(3000); room.now_ms() < 10000; room.tick()) {
    int its_own = 0;
    for (size_t i = 0; i < 4; ++i) its_own += room.hears(6, i) ? 1 : 0;
    EXPECT_EQ(its_own, 1);
    EXPECT_EQ(heard(6), 3U) << "the others are heard beside it";
  }
  Settings settings;
  settings.max_speakers = 3;
  settings.slots_per_participant = 2;
  room.selector().use_settings(settings);
  room.person(4).flags = room.person(5).flags = VECHE_CANDIDATE_MUTED;
  room.run_until(12000);
  EXPECT_EQ(heard(6), 2U) << "unless the room says otherwise";
  room.selector().use_settings(Settings{});
  room.tick();
  EXPECT_EQ(heard(6), 1U) << "a setting holds at once";
}

TEST_F(Room, GivesThatSlotToTheTrackThatTalks) {
  Settings settings;
  settings.max_speakers = 2;
  room_ = std::make_unique<SimulatedRoom>(settings);
  SimulatedRoom& room = *room_;
  room.join(Script(1, -65).silence(1000).turn(4000).silence(kEndMs));
  room.join(Script(2, -65).silence(8000).turn(4000).silence(kEndMs));
  room.join(Script(3, -65).silence(kEndMs));
  room.person(1).participant = room.person(0).participant;
  for (const bool is_pinned : {false, true}) {
    if (is_pinned) prefer(2, 0, VECHE_PREFER_PINNED);
    room.run_until(is_pinned ? 14000 : 4500);
    EXPECT_NE(room.hears(2, 0), room.hears(2, 1));
    EXPECT_NE(room.hears(2, 0), is_pinned) << "who talks first, and who talked last";
    room.run_until(is_pinned ? 14500 : 11000);
    EXPECT_NE(room.hears(2, 0), room.hears(2, 1));
    EXPECT_TRUE(room.hears(2, 1)) << "the other track of the same participant talked last";
  }
}

TEST_F(Room, HearsPerson600OnceItHasMemoryForThem) {
  constexpr size_t kPeople = 600;
  room_ = std::make_unique<SimulatedRoom>();
  SimulatedRoom& room = *room_;
  for (size_t i = 0; i < kPeople; ++i) {
    Script script(static_cast<uint32_t>(i + 1), -65);
    const bool talks = i == 3 || i + 1 == kPeople;
    talks ? script.silence(200).turn(2800) : script.silence(3000);
    room.join(script, {}, i == 5 ? 3 : 0);
  }
  room.run_until(1400);
  EXPECT_TRUE(room.hears(5, 3));
  EXPECT_FALSE(room.hears(5, kPeople - 1)) << "there is no memory for that many";
  TableMemory small(100), memory(1024);
  room.selector().use_memory(small);
  EXPECT_EQ(small.capacity, 100U) << "too small for those that are there";
  room.selector().use_memory(memory);
  EXPECT_EQ(memory.capacity, TrackTable::kFirstCapacity);
  const int switches = room.switches(5);
  room.run_until(2400);
  EXPECT_TRUE(room.hears(5, 3));
  EXPECT_TRUE(room.hears(5, kPeople - 1));
  EXPECT_EQ(room.switches(5), switches + 1) << "what was known is still known";
}

TEST_F(Room, UsesNewSettingsAtOnce) {
  SimulatedRoom& room = open(1, 3, 1);
  room.run_until(3000);
  EXPECT_EQ(heard(3), 1U);
  Settings settings;
  settings.max_speakers = 3;
  room.selector().use_settings(settings);
  room.run_until(5000);
  EXPECT_EQ(heard(3), 3U);
}

/// One call with the test's input.
class SingleCall : public testing::Test {
 protected:
  void select(std::vector<veche_slot>& slots) {
    veche_listener listener{};
    listener.participant = 1;
    listener.slot_count = static_cast<uint32_t>(slots.size());
    veche_room_view view{};
    view.struct_size = sizeof view;
    view.candidate_stride = sizeof(veche_candidate);
    view.listener_stride = sizeof(veche_listener);
    view.preference_stride = sizeof(veche_preference);
    view.slot_stride = sizeof(veche_slot);
    view.now_ns = now_ns_ += ms_to_ns(20);
    for (veche_candidate& candidate : candidates_) candidate.last_packet_ns = now_ns_;
    view.candidates = candidates_.data();
    view.candidate_count = static_cast<uint32_t>(candidates_.size());
    view.listeners = &listener;
    view.listener_count = 1;
    view.slot_count = listener.slot_count;
    speaking_.assign(candidates_.size(), 0);
    veche_selection selection{};
    selection.struct_size = sizeof selection;
    selection.slots = slots.data();
    selection.speaking = speaking_.data();
    selector_.select(view, selection);
  }
  void add(uint64_t track, uint32_t kind) {
    veche_candidate candidate{};
    candidate.track = track;
    candidate.participant = track + 10000;
    candidate.kind = kind;
    candidate.packets = 1;
    candidate.level = 20;
    candidates_.push_back(candidate);
  }

  RoomSelector selector_{Settings{}};
  int64_t now_ns_ = ms_to_ns(5000);
  std::vector<veche_candidate> candidates_;
  std::vector<uint8_t> speaking_;
};

TEST_F(SingleCall, LeavesSlotsOfOtherKindsAlone) {
  add(1, VECHE_KIND_AUDIO);
  add(2, VECHE_KIND_VIDEO);
  std::vector<veche_slot> slots = {
      {2, VECHE_KIND_VIDEO, 0}, {0, VECHE_KIND_VIDEO, 0}, {0, VECHE_KIND_AUDIO, 0}};
  for (int i = 0; i < 5; ++i) select(slots);
  EXPECT_EQ(slots[0].track, 2U);
  EXPECT_EQ(slots[1].track, 0U);
  EXPECT_EQ(slots[2].track, 1U);
}

TEST_F(SingleCall, KeepsStateWhenCandidatesChangeTheirOrder) {
  for (uint64_t track = 1; track <= 6; ++track) add(track, VECHE_KIND_AUDIO);
  std::vector<veche_slot> slots(3, veche_slot{0, VECHE_KIND_AUDIO, 0});
  for (int i = 0; i < 20; ++i) {
    std::rotate(candidates_.begin(), candidates_.begin() + 1, candidates_.end());
    select(slots);
  }
  const std::vector<uint8_t> all(6, 1);
  EXPECT_EQ(speaking_, all);
}

TEST_F(SingleCall, IgnoresWhatIsBeyondItsCapacity) {
  for (uint64_t track = 1; track <= TrackTable::kFirstCapacity + 100; ++track)
    add(track, VECHE_KIND_AUDIO);
  std::vector<veche_slot> slots(3, veche_slot{0, VECHE_KIND_AUDIO, 0});
  for (int i = 0; i < 20; ++i) select(slots);
  EXPECT_EQ(speaking_[TrackTable::kFirstCapacity - 1], 1);
  EXPECT_EQ(speaking_[TrackTable::kFirstCapacity], 0);
  for (const veche_slot& slot : slots) EXPECT_NE(slot.track, 0U);
}

TEST_F(SingleCall, IgnoresFlagsThatItDoesNotKnow) {
  add(1, VECHE_KIND_AUDIO);
  candidates_[0].level = 100;
  candidates_[0].flags = 0xfffffff0;  // Unknown flags.
  std::vector<veche_slot> slots(3, veche_slot{0, VECHE_KIND_AUDIO, 0});
  for (int i = 0; i < 20; ++i) select(slots);
  EXPECT_EQ(slots[0].track, 0U);
}

}  // namespace
}  // namespace veche::forwarding::test
