// SPDX-License-Identifier: Apache-2.0
// A real lane with one room, a talker whose track it forwards, and a listener.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <vector>

#include "lane_fakes.hpp"
#include "media/lane/attachment.hpp"

namespace veche::media {

class LaneFixture : public testing::Test {
 protected:
  static constexpr uint32_t kSourceNumber = 4711;
  static constexpr uint8_t kLevel = 30;

  /// A participant who can join the room, and what it is sent there.
  struct Participant {
    ParticipantId id = ParticipantId::next();
    uint32_t slot_count = 1;
    uint32_t first_ssrc = 200;
    std::vector<AttachedTrack> tracks;
    std::unique_ptr<PacketPolicy> policy;
    FakePath path;
    int64_t connected_ns = 0;
    std::shared_ptr<Attachment> attachment;
  };

  /// `clock`: of the lanes, and of what the test posts.
  explicit LaneFixture(Clock clock = monotonic_ns);
  /// All leave: their paths and policies have to outlive their attachments.
  void TearDown() override { leave_all(); }

  Lane& lane() { return *lanes_[0]; }

  /// The room, which `script` selects for.
  void open_room(ScriptedRoom::Script script);
  std::unique_ptr<Lane> make_lane(uint32_t index, std::unique_ptr<Port> port = nullptr);
  /// Everybody hears the track in their first slot.
  void open_room_for_track();
  void join(Participant& participant);
  /// Does nothing for those who have not joined.
  void leave(Participant& participant);
  void leave_all();
  /// Talker and listener are in the room, and the track fills the listener's slot.
  void begin_talk();

  /// A track of the talker's with `source_number`.
  AttachedTrack make_track(uint32_t source_number) const;
  TrackFeed& feed() { return *talker_.tracks[0].feed; }
  /// The track's packet comes to the lane now.
  void post(uint16_t sequence, bool preroll = false);
  /// It came to the server at that time. False: the inbox is full.
  bool post_at(Lane& on, uint16_t sequence, int64_t arrival_ns);
  /// Everything that was posted before has happened when this returns.
  void round_trip();
  /// Asks the room to select, as the clock would.
  void tick(int64_t now_ns);
  /// Runs one selection now, whatever the clock says.
  void select(int64_t now_ns);

  glib::ControlLoop loop_;
  CommandReturns returns_;
  const Clock clock_function_;
  Lanes lanes_;
  std::shared_ptr<RoomLanes> room_;
  Participant talker_{.slot_count = 0, .first_ssrc = 100};
  Participant listener_;
  std::deque<Participant> more_listeners_;
};

}  // namespace veche::media
