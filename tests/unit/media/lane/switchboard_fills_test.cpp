// SPDX-License-Identifier: Apache-2.0
// What a selection asks of other lanes: in order, bounded, and forgotten with its session.
#include <gmock/gmock.h>

#include <memory>
#include <utility>
#include <vector>

#include "switchboard_fixture.hpp"

namespace veche::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A room with listeners on two other lanes and on this one.
class SwitchboardFills : public SwitchboardTest {
 protected:
  static constexpr uint32_t kOther = 5, kFull = 9;

  SwitchboardFills() {
    room_ = &add_room([this](const veche_room_view& view, veche_selection& selection) {
      for (uint32_t i = 0; i < view.listener_count; ++i) {
        selection.slots[view.listeners[i].first_slot].track = wanted_.value;
      }
    });
    room_->add_track(track_);
    room_->add_listener(here_.id, ParticipantId::next(), kLane, 1, 0, {});
    room_->add_listener(other_, ParticipantId::next(), kOther, 1, 0, {});
    room_->add_listener(full_, ParticipantId::next(), kFull, 1, 0, {});
  }
  void select(TrackId track) {
    wanted_ = track;
    // Packets keep the room awake.
    track_->meter.add(kLevel, outlet_.now_ns);
    wake();
    board_.select(*room_, outlet_.now_ns);
  }
  /// The fills that the other lanes accept, as session and track. The full lane accepts none.
  std::vector<std::pair<SessionId, TrackId>> hand_out(bool is_full) {
    std::vector<std::pair<SessionId, TrackId>> taken;
    board_.hand_out([&](const SlotFill& fill) {
      if (is_full && fill.lane == kFull) return false;
      taken.emplace_back(fill.session, fill.track);
      return true;
    });
    return taken;
  }

  const std::shared_ptr<TrackFeed> track_ = add_track();
  Listener& here_ = add_listener();
  const SessionId other_ = SessionId::next(), full_ = SessionId::next();
  TrackId wanted_;
  LaneRoom* room_ = nullptr;

 private:
  void wake() {
    board_.wake(room_->id(), outlet_.now_ns);
    room_feed_->awake = true;
  }
};

TEST_F(SwitchboardFills, OfItsOwnSessionsAreDoneAndOthersHandedOut) {
  select(track_->id);
  EXPECT_EQ(here_.session->track(0), track_->id);
  EXPECT_THAT(hand_out(false),
              ElementsAre(std::pair(other_, track_->id), std::pair(full_, track_->id)));
  EXPECT_FALSE(board_.has_fills());
  select(track_->id);
  EXPECT_FALSE(board_.has_fills()) << "nothing has changed";
}

TEST_F(SwitchboardFills, ThatALaneDoesNotTakeAreOfferedAgainInOrder) {
  select(track_->id);
  EXPECT_THAT(hand_out(true), ElementsAre(std::pair(other_, track_->id)));
  EXPECT_TRUE(board_.has_fills());
  select(TrackId{});
  EXPECT_THAT(hand_out(true), ElementsAre(std::pair(other_, TrackId{})));
  EXPECT_THAT(hand_out(false), ElementsAre(std::pair(full_, TrackId{}))) << "the newest counts";
  EXPECT_THAT(hand_out(false), IsEmpty());
}

TEST_F(SwitchboardFills, OfALaneThatTakesNothingAreBounded) {
  for (int i = 0; i < 100; ++i) {
    select(i % 2 == 0 ? track_->id : TrackId{});
    hand_out(true);
  }
  EXPECT_THAT(hand_out(false), ElementsAre(std::pair(full_, TrackId{})));
}

TEST_F(SwitchboardFills, OfASessionThatHasLeftAreForgotten) {
  select(track_->id);
  hand_out(true);
  board_.forget_fills(full_);
  EXPECT_FALSE(board_.has_fills());
}

}  // namespace
}  // namespace veche::media
