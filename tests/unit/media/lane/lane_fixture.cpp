// SPDX-License-Identifier: Apache-2.0
// The room on the lane: joins and leaves, and how a test waits for the lane.
#include "lane_fixture.hpp"

#include "base/time.hpp"

namespace veche::media {
namespace {

constexpr uint8_t kLevelExtension = 1;

std::vector<rtp::SlotFormat> make_slots(uint32_t count, uint32_t first_ssrc) {
  std::vector<rtp::SlotFormat> slots;
  for (uint32_t i = 0; i < count; ++i) {
    rtp::SlotFormat format;
    format.ssrc = first_ssrc + i;
    format.payload_type = 96;
    slots.push_back(format);
  }
  return slots;
}

}  // namespace

LaneFixture::LaneFixture(Clock clock) : returns_(loop_), clock_function_(clock) {
  lanes_.push_back(make_lane(0));
  talker_.tracks = {make_track(kSourceNumber)};
}

std::unique_ptr<Lane> LaneFixture::make_lane(uint32_t index, std::unique_ptr<Port> port) {
  auto bell = Doorbell::open();
  EXPECT_TRUE(bell) << bell.error().message;
  return std::make_unique<Lane>(index, lanes_, loop_, returns_, std::move(*bell), std::move(port),
                                clock_function_);
}

void LaneFixture::open_room(ScriptedRoom::Script script) {
  room_ = std::make_shared<RoomLanes>();
  room_->feed = std::make_shared<RoomFeed>(RoomId::next());
  room_->home = &lane();
  room_->all = &lanes_;
  room_->used = {&lane()};
  auto lane_room = std::make_unique<LaneRoom>(room_->feed, lane().counters());
  std::unique_ptr<Selector::RoomState> selector = std::make_unique<ScriptedRoom>(std::move(script));
  lane_room->swap_selector(selector);
  lane().post(make_command([lane_room = std::move(lane_room)](Lane& on) mutable noexcept {
    on.switchboard().add_room(lane_room, on.now_ns());
  }));
}

void LaneFixture::open_room_for_track() {
  open_room([track = feed().id](const veche_room_view& view, veche_selection& selection) {
    for (uint32_t i = 0; i < view.listener_count; ++i) {
      if (view.listeners[i].slot_count > 0) {
        selection.slots[view.listeners[i].first_slot].track = track.value;
      }
    }
  });
}

void LaneFixture::join(Participant& participant) {
  participant.attachment =
      Attachment::attach(room_, LaneSeat::take(room_, PathKind::Pipeline), SessionId::next(),
                         participant.id, participant.path, participant.policy.get(),
                         make_slots(participant.slot_count, participant.first_ssrc),
                         participant.tracks, participant.connected_ns);
}

void LaneFixture::leave(Participant& participant) {
  if (!participant.attachment) return;
  bool done = false;
  participant.attachment->detach([&done] { done = true; });
  while (!done) loop_.iterate(true);
  participant.attachment = nullptr;
}

void LaneFixture::leave_all() {
  for (Participant& listener : more_listeners_) leave(listener);
  leave(listener_);
  leave(talker_);
}

void LaneFixture::begin_talk() {
  open_room_for_track();
  join(talker_);
  join(listener_);
  round_trip();
  select(1);
}

AttachedTrack LaneFixture::make_track(uint32_t source_number) const {
  return {std::make_shared<TrackFeed>(talker_.id, source_number, sdp::MediaKind::Audio, true),
          kLevelExtension};
}

void LaneFixture::post(uint16_t sequence, bool preroll) {
  if (!preroll) {
    ASSERT_TRUE(post_at(lane(), sequence, clock_function_()));
    return;
  }
  const std::vector<uint8_t> bytes = opus_packet(7, sequence, kLevel);
  ASSERT_TRUE(lane().remember(feed().id, *rtp::PacketView::parse(bytes), clock_function_()));
}

bool LaneFixture::post_at(Lane& on, uint16_t sequence, int64_t arrival_ns) {
  const std::vector<uint8_t> bytes = opus_packet(7, sequence, kLevel);
  return on.forward(feed().id, *rtp::PacketView::parse(bytes), arrival_ns, kLevel, arrival_ns);
}

void LaneFixture::round_trip() {
  for (const auto& on : lanes_) {
    bool done = false;
    on->post(make_command([](Lane&) noexcept {}, [&done] { done = true; }));
    while (!done) loop_.iterate(true);
  }
  returns_.drain();
}

void LaneFixture::tick(int64_t now_ns) {
  lane().post(make_command([id = room_->feed->id, now_ns](Lane& on) noexcept {
    on.switchboard().select(*on.switchboard().find_room(id), now_ns);
  }));
  round_trip();
}

void LaneFixture::select(int64_t now_ns) {
  room_->feed->awake = true;
  tick(now_ns);
}

}  // namespace veche::media
