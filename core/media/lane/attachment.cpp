// SPDX-License-Identifier: Apache-2.0
// The order in which lanes learn of a session and forget it.
#include "media/lane/attachment.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/thread_role.hpp"

namespace veche::media {
namespace {

/// At most this many sessions of one room stay on its home lane; later ones go to the calmest lane.
/// A lane that carries a whole room wakes up less often for the same packets, so rooms are spread
/// only when the time to a packet's last listener would exceed a millisecond or two.
constexpr uint32_t sessions_on_home_lane(PathKind path) {
  return path == PathKind::Wire ? 128 : 48;
}

}  // namespace

LaneSeat::LaneSeat(std::shared_ptr<RoomLanes> room, Lane& lane)
    : room_(std::move(room)), lane_(&lane) {
  room_->session_count[lane.index()] += 1;
  room_->loads->add_session(lane.index());
}

LaneSeat LaneSeat::take(std::shared_ptr<RoomLanes> room, PathKind path) {
  assert(is_on_control());
  Lane* lane = room->home;
  const bool is_free = room->session_count[lane->index()] < sessions_on_home_lane(path) &&
                       !room->loads->is_hot(lane->index());
  if (!is_free) {
    lane = (*room->all)[room->loads->calmest(static_cast<uint32_t>(room->all->size()))].get();
  }
  return {std::move(room), *lane};
}

void LaneSeat::give_back() {
  if (!room_) return;
  assert(is_on_control());
  room_->session_count[lane_->index()] -= 1;
  room_->loads->remove_session(lane_->index());
  room_ = nullptr;
}

Attachment::Attachment(std::shared_ptr<RoomLanes> room, LaneSeat seat, SessionId session,
                       ParticipantId participant, std::vector<AttachedTrack> tracks)
    : room_(std::move(room)),
      session_(session),
      participant_(participant),
      tracks_(std::move(tracks)),
      seat_(std::move(seat)),
      lane_(&seat_.lane()) {}

std::shared_ptr<Attachment> Attachment::attach(std::shared_ptr<RoomLanes> room, LaneSeat seat,
                                               SessionId session, ParticipantId participant,
                                               Path& path, PacketPolicy* policy,
                                               const std::vector<rtp::SlotFormat>& slots,
                                               std::vector<AttachedTrack> tracks,
                                               int64_t connected_ns, bool opens_encrypted) {
  assert(is_on_control());
  Lane& lane = seat.lane();
  use_lane(*room, lane);
  auto lane_session =
      std::make_unique<LaneSession>(session, participant, path, policy, lane.counters(), slots,
                                    connected_ns, room->settings[participant].tag);
  if (!opens_encrypted) lane_session->leave_out_encrypted();
  std::shared_ptr<Attachment> attachment(
      new Attachment(std::move(room), std::move(seat), session, participant, std::move(tracks)));
  attachment->add_tracks();
  attachment->add_session(std::move(lane_session), static_cast<uint32_t>(slots.size()));
  return attachment;
}

void Attachment::use_lane(RoomLanes& room, Lane& lane) {
  if (std::find(room.used.begin(), room.used.end(), &lane) != room.used.end()) return;
  room.used.push_back(&lane);
  for (const AttachedTrack& track : room.tracks) {
    lane.post(make_command([track](Lane& on) noexcept {
      on.switchboard().add_track(track.feed, track.level_extension, on.now_ns());
    }));
  }
}

void Attachment::add_tracks() {
  if (room_->make_space) room_->make_space(room_->tracks.size() + tracks_.size());
  const ListenerSettings& settings = room_->settings[participant_];
  const uint64_t tag = settings.tag->load(std::memory_order_relaxed);
  for (const AttachedTrack& track : tracks_) {
    track.feed->muted.store(settings.muted, std::memory_order_relaxed);
    track.feed->tag.store(tag, std::memory_order_relaxed);
    room_->tracks.push_back(track);
    for (Lane* lane : room_->used) {
      const bool is_home = lane == room_->home;
      lane->post(make_command([track, is_home, room = room_->feed->id](Lane& on) noexcept {
        on.switchboard().add_track(track.feed, track.level_extension, on.now_ns());
        LaneRoom* lane_room = is_home ? on.switchboard().find_room(room) : nullptr;
        if (lane_room) lane_room->add_track(track.feed);
      }));
    }
  }
}

void Attachment::add_session(std::unique_ptr<LaneSession> session, uint32_t slot_count) {
  // The home lane learns of the listener after the listener's own lane, so no fill reaches an
  // unknown slot.
  lane_->post(make_command(
      [session = std::move(session)](Lane& lane) mutable noexcept {
        lane.switchboard().add_session(session);
      },
      [self = shared_from_this(), slot_count] {
        if (!self->detached_ && slot_count > 0) self->add_listener(slot_count);
      }));
}

void Attachment::add_listener(uint32_t slot_count) {
  const ListenerSettings& settings = room_->settings[participant_];
  room_->home->post(
      make_command([room = room_->feed->id, session = session_, participant = participant_,
                    lane = lane_->index(), slot_count, settings](Lane& home) noexcept {
        LaneRoom* lane_room = home.switchboard().find_room(room);
        if (!lane_room) return;
        lane_room->add_listener(session, participant, lane, slot_count, settings.max_speakers,
                                settings.preferences, settings.listening);
      }));
}

void Attachment::publish(std::vector<AttachedTrack> tracks) {
  assert(is_on_control() && !detached_ && tracks_.empty());
  tracks_ = std::move(tracks);
  add_tracks();
}

void Attachment::set_active(size_t slot, bool active) {
  assert(is_on_control());
  lane_->post(make_command([session = session_, slot, active](Lane& lane) noexcept {
    lane.switchboard().set_active(session, static_cast<uint32_t>(slot), active, lane.now_ns());
  }));
}

void Attachment::protect(size_t slot, Protection protection) {
  assert(is_on_control());
  lane_->post(make_command([session = session_, slot, protection](Lane& lane) noexcept {
    lane.switchboard().protect(session, static_cast<uint32_t>(slot), protection);
  }));
}

void Attachment::wish(uint32_t bps) {
  assert(is_on_control());
  lane_->post(make_command([session = session_, bps](Lane& lane) noexcept {
    if (LaneSession* found = lane.switchboard().find_session(session)) {
      found->wish(bps, lane.now_ns());
    }
  }));
}

void Attachment::detach(std::function<void()> done) {
  assert(is_on_control());
  detached_ = true;
  seat_.give_back();
  std::vector<TrackId> tracks;
  for (const AttachedTrack& track : tracks_) tracks.push_back(track.feed->id);
  std::erase_if(room_->tracks, [&](const AttachedTrack& track) {
    return std::find(tracks.begin(), tracks.end(), track.feed->id) != tracks.end();
  });
  room_->home->post(make_command(
      [room = room_->feed->id, session = session_, tracks](Lane& home) noexcept {
        LaneRoom* lane_room = home.switchboard().find_room(room);
        if (!lane_room) return;
        lane_room->remove_listener(session);
        home.switchboard().forget_fills(session);
        for (const TrackId track : tracks) lane_room->remove_track(track);
      },
      [self = shared_from_this(), done = std::move(done)]() mutable {
        self->remove_from_lane(std::move(done));
      }));
}

void Attachment::remove_from_lane(std::function<void()> done) {
  for (Lane* lane : room_->used) {
    for (const AttachedTrack& track : tracks_) {
      lane->post(make_command([id = track.feed->id](Lane& on) noexcept {
        on.switchboard().remove_track(id, on.now_ns());
      }));
    }
  }
  // The command carries the LaneSession back, so that control frees it.
  auto removed = std::make_shared<std::unique_ptr<LaneSession>>();
  lane_->post(make_command(
      [removed, session = session_](Lane& lane) noexcept {
        *removed = lane.switchboard().remove_session(session);
      },
      std::move(done)));
}

}  // namespace veche::media
