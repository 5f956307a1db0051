// SPDX-License-Identifier: Apache-2.0
// Tests of which selector decisions a lane applies, and when it asks for one.
#include "base/time.hpp"
#include "lane_fixture.hpp"
#include "media/lane/lane.hpp"

namespace veche::media {
namespace {

class LaneSelection : public LaneFixture {};

TEST_F(LaneSelection, BlockedAndMutedTracksLeaveTheirSlotsWhateverTheSelectorSays) {
  begin_talk();
  post(1);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 1u);

  feed().muted = true;
  select(2);
  const size_t with_silence = listener_.path.sent.size();
  EXPECT_EQ(with_silence, 1u + 3u) << "a slot ends with silence";
  post(2);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), with_silence);
  EXPECT_EQ(feed().wanted_lanes.load(), 0u);

  feed().muted = false;
  lane().post(make_command([id = room_->feed->id, this](Lane& on) noexcept {
    on.switchboard().find_room(id)->set_preferences(listener_.id, {{talker_.id, false, true}});
  }));
  select(3);
  post(3);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), with_silence);
}

TEST_F(LaneSelection, AParticipantThatMayNotListenGetsNothingAtOnce) {
  const auto set_listening = [this](bool listening) {
    lane().post(
        make_command([id = room_->feed->id, who = listener_.id, listening](Lane& on) noexcept {
          on.switchboard().set_listening(id, who, listening, on.now_ns());
        }));
    round_trip();
  };
  begin_talk();
  post(1);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 1u);

  set_listening(false);
  EXPECT_EQ(listener_.path.sent.size(), 4u) << "the slot ends in silence";
  post(2);  // The selector has not been asked again.
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 4u);
  EXPECT_EQ(feed().wanted_lanes.load(), 0u);
  const uint64_t version = room_->feed->version.load();
  select(2);
  post(3);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 4u);
  EXPECT_EQ(room_->feed->version.load(), version) << "nothing was selected for it";

  set_listening(true);
  select(3);
  post(4);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 5u);
  EXPECT_EQ(lane().counters().bad_selections.value(), 0u);
}

TEST_F(LaneSelection, OneThatNeverMightListenHearsWhenItMay) {
  open_room_for_track();
  room_->settings[listener_.id].listening = false;
  join(talker_);
  join(listener_);
  round_trip();
  select(1);
  post(1);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 0u);
  lane().post(make_command([id = room_->feed->id, who = listener_.id](Lane& on) noexcept {
    on.switchboard().set_listening(id, who, true, on.now_ns());
  }));
  select(2);
  post(2);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 1u);
}

TEST_F(LaneSelection, ATrackThatIsPublishedLaterIsHeard) {
  open_room_for_track();
  std::vector<AttachedTrack> later = std::exchange(talker_.tracks, {});
  join(talker_);
  join(listener_);
  talker_.tracks = later;
  round_trip();
  select(1);
  post(1);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 0u);
  talker_.attachment->publish(later);
  round_trip();
  select(2);
  post(2);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 1u);
  leave(talker_);
  EXPECT_EQ(feed().wanted_lanes.load(), 0u) << "and goes with its session";
}

TEST_F(LaneSelection, ATrackNeverFillsTwoSlotsOfOneListener) {
  open_room([track = feed().id](const veche_room_view& view, veche_selection& selection) {
    for (uint32_t i = 0; i < view.slot_count; ++i) selection.slots[i].track = track.value;
  });
  listener_.slot_count = 3;
  join(talker_);
  join(listener_);
  round_trip();
  select(1);
  post(1);
  round_trip();
  ASSERT_EQ(listener_.path.sent.size(), 1u);
  EXPECT_EQ(rtp::PacketView::parse(listener_.path.sent[0])->ssrc(), listener_.first_ssrc);
  EXPECT_EQ(lane().counters().bad_selections.value(), 2u);
}

TEST_F(LaneSelection, ASelectorThatInventsTracksIsRefusedAndCounted) {
  open_room([](const veche_room_view& view, veche_selection& selection) {
    for (uint32_t i = 0; i < view.slot_count; ++i) selection.slots[i].track = 0xdeadbeef;
    selection.dominant = 0xdeadbeef;
  });
  listener_.slot_count = 2;
  join(listener_);
  round_trip();
  select(1);
  EXPECT_EQ(lane().counters().bad_selections.value(), 2u);
}

TEST_F(LaneSelection, ARoomWithoutPacketsFallsAsleepAndWakesWithTheNextOne) {
  int asked = 0;
  open_room([&asked](const veche_room_view&, veche_selection&) { ++asked; });
  join(talker_);
  round_trip();
  feed().meter.add(30, 1);
  select(kNsPerS);
  EXPECT_EQ(asked, 1);
  tick(2 * kNsPerS);
  EXPECT_EQ(asked, 2);
  tick(4 * kNsPerS);
  EXPECT_FALSE(room_->feed->awake.load());
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace veche::media
