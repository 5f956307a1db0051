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

  /// A participant that can join the room, and the packets sent to it there.
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

  /// `clock`: for the lanes, and for posted packets.
  explicit LaneFixture(Clock clock = monotonic_ns);
  /// All participants leave: their paths and policies have to outlive their attachments.
  void TearDown() override { leave_all(); }

  Lane& lane() { return *lanes_[0]; }

  /// The room; `script` is its selector.
  void open_room(ScriptedRoom::Script script);
  std::unique_ptr<Lane> make_lane(uint32_t index, std::unique_ptr<Port> port = nullptr);
  /// All participants hear the track in their first slot.
  void open_room_for_track();
  void join(Participant& participant);
  /// No effect on participants that have not joined.
  void leave(Participant& participant);
  void leave_all();
  /// Talker and listener are in the room, and the track fills the listener's slot.
  void begin_talk();

  /// A track of the talker's with `source_number`.
  AttachedTrack make_track(uint32_t source_number) const;
  TrackFeed& feed() { return *talker_.tracks[0].feed; }
  /// The track's packet arrives at the lane now.
  void post(uint16_t sequence, bool preroll = false);
  /// It arrived at the server at that time. False: the inbox is full.
  bool post_at(Lane& on, uint16_t sequence, int64_t arrival_ns);
  /// When it returns, the lane has done all that was posted before.
  void round_trip();
  /// Wakes the room's selection, as the clock would.
  void tick(int64_t now_ns);
  /// Runs one selection now, regardless of the clock.
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
