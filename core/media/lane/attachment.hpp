// SPDX-License-Identifier: Apache-2.0
// Control's side of a session's time on its lanes: attach after it connects, detach before it is
// taken down.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "media/feed/track_feed.hpp"
#include "media/lane/lane.hpp"
#include "media/lane/lane_loads.hpp"
#include "media/room.hpp"

namespace veche::media {

/// A participant's preferences and limits, kept across its sessions.
struct ListenerSettings {
  bool muted = false;
  bool listening = true;
  uint32_t max_speakers = 0;
  std::vector<Preference> preferences;
  std::map<std::string, std::string> attributes;
  /// The selector's; 0: none. Written by control; the lanes of its sessions, which share it, read
  /// it.
  std::shared_ptr<std::atomic<uint64_t>> tag = std::make_shared<std::atomic<uint64_t>>(0);
};

struct AttachedTrack {
  std::shared_ptr<TrackFeed> feed;
  uint8_t level_extension = 0;
};

/// The state that a room's handle and its sessions' attachments share on control; sessions may
/// briefly outlive the handle.
struct RoomLanes {
  std::shared_ptr<RoomFeed> feed;
  Lane* home = nullptr;
  Lanes* all = nullptr;               // The engine's.
  std::vector<Lane*> used;            // Home first, then the others that carry sessions.
  std::vector<AttachedTrack> tracks;  // Of all attached sessions.
  // Of the engine: shared with all rooms.
  std::shared_ptr<LaneLoads> loads = std::make_shared<LaneLoads>();
  std::unordered_map<uint32_t, uint32_t> session_count;  // By lane index: this room's seats.
  std::unordered_map<ParticipantId, ListenerSettings> settings;
  // Called before the home lane learns of more tracks: the room's selector may need memory for this
  // many. Null: the room is closed.
  std::function<void(size_t tracks)> make_space;
};

/// A session's place on a lane, taken when the lane is chosen: a crowd that joins at once spreads
/// over the lanes. [control] all of it.
class LaneSeat {
 public:
  /// On the room's home lane, until that carries its share of such sessions or is hot; then on the
  /// calmest of all lanes.
  static LaneSeat take(std::shared_ptr<RoomLanes> room, PathKind path);
  ~LaneSeat() { give_back(); }
  LaneSeat(LaneSeat&& other) noexcept = default;
  LaneSeat& operator=(LaneSeat&&) = delete;

  Lane& lane() const { return *lane_; }
  /// No effect if it was given back before.
  void give_back();

 private:
  LaneSeat(std::shared_ptr<RoomLanes> room, Lane& lane);

  std::shared_ptr<RoomLanes> room_;  // Null once it was given back.
  Lane* lane_;
};

/// [control] all of it.
class Attachment : public std::enable_shared_from_this<Attachment> {
 public:
  /// The lane of the seat has to carry the session. The path outlives the attachment until detach()
  /// has called back. `opens_encrypted`: see LaneSession::leave_out_encrypted().
  static std::shared_ptr<Attachment> attach(std::shared_ptr<RoomLanes> room, LaneSeat seat,
                                            SessionId session, ParticipantId participant,
                                            Path& path, PacketPolicy* policy,
                                            const std::vector<rtp::SlotFormat>& slots,
                                            std::vector<AttachedTrack> tracks,
                                            int64_t connected_ns = 0, bool opens_encrypted = true);

  /// Adds the tracks of a session that had none. Not after detach().
  void publish(std::vector<AttachedTrack> tracks);
  /// A slot that is not active sends nothing.
  void set_active(size_t slot, bool active);
  /// See Session.
  void protect(size_t slot, Protection protection);
  void wish(uint32_t bps);
  /// 0 to 1: busy time of the session's lane.
  float lane_load() const { return room_->loads->busy(lane_->index()); }
  /// `done` runs on control once no lane knows the session, its tracks and its path any more.
  void detach(std::function<void()> done);
  SessionId session() const { return session_; }
  ParticipantId participant() const { return participant_; }

 private:
  Attachment(std::shared_ptr<RoomLanes> room, LaneSeat seat, SessionId session,
             ParticipantId participant, std::vector<AttachedTrack> tracks);
  static void use_lane(RoomLanes& room, Lane& lane);
  void add_tracks();
  void add_session(std::unique_ptr<LaneSession> session, uint32_t slot_count);
  void add_listener(uint32_t slot_count);
  void remove_from_lane(std::function<void()> done);

  std::shared_ptr<RoomLanes> room_;  // Shared: see RoomLanes.
  const SessionId session_;
  const ParticipantId participant_;
  std::vector<AttachedTrack> tracks_;
  LaneSeat seat_;
  Lane* const lane_;
  bool detached_ = false;
};

}  // namespace veche::media
