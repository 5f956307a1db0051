// SPDX-License-Identifier: Apache-2.0
// A lane's routing of packets: tracks, the slots that they fill, and the rooms that select. It has
// no thread, no inbox and no clock.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "media/feed/track_feed.hpp"
#include "media/lane/lane_room.hpp"
#include "media/lane/lane_session.hpp"
#include "media/lane/slot_fill.hpp"
#include "rtp/history.hpp"
#include "rtp/sequence.hpp"

namespace veche::media {

/// Sends the packets that paths have gathered.
class Outlet {
 public:
  virtual ~Outlet() = default;
  /// Sends them, and returns the time at which it finished.
  virtual int64_t flush() noexcept = 0;
};

/// [lane] all of it. Control makes and destroys its arguments.
class Switchboard {
 public:
  /// A late lane catches up by dropping older packets, which would only play the past.
  static constexpr int64_t kStaleNs = 500'000'000;

  /// `lane`: the lane's index, below 64. Counters and outlet outlive the switchboard.
  Switchboard(uint32_t lane, LaneCounters& counters, Outlet& outlet);
  Switchboard(const Switchboard&) = delete;
  Switchboard& operator=(const Switchboard&) = delete;

  void add_track(std::shared_ptr<TrackFeed> feed, uint8_t level_extension, int64_t now_ns);
  void remove_track(TrackId track, int64_t now_ns) noexcept;
  void add_session(std::unique_ptr<LaneSession>& session);
  std::unique_ptr<LaneSession> remove_session(SessionId session) noexcept;
  void add_room(std::unique_ptr<LaneRoom>& room, int64_t now_ns);
  std::unique_ptr<LaneRoom> remove_room(RoomId room) noexcept;
  /// Null if it is unknown; the same below.
  LaneRoom* find_room(RoomId room) noexcept;
  LaneSession* find_session(SessionId session) noexcept;
  /// Makes all sessions ask this policy; null: none.
  void use_policy(PacketPolicy* policy) noexcept;

  /// Forwards a packet to the slots that its track fills. `level`: RFC 6464, 127 if there is none.
  void forward(TrackId track, const rtp::PacketView& packet, const PacketTimes& times,
               uint8_t level, int64_t now_ns) noexcept;
  /// Stores a packet that arrived before the lane wanted its track.
  void remember(TrackId track, const rtp::PacketView& packet, int64_t arrival_ns) noexcept;
  /// Fills the slot with the track. One that is not known here yet gets the slot when it is added,
  /// unless another fill comes first.
  void fill(SessionId session, uint32_t slot, TrackId track, int64_t now_ns) noexcept;
  /// Empties the slots of a participant that no longer listens, or lets the selector fill them
  /// again.
  void set_listening(RoomId room, ParticipantId participant, bool listening,
                     int64_t now_ns) noexcept;
  /// A slot that is not active sends nothing.
  void set_active(SessionId session, uint32_t slot, bool active, int64_t now_ns) noexcept;
  /// See Session::protect().
  void protect(SessionId session, uint32_t slot, Protection protection) noexcept;
  /// Starts or continues the room's selection.
  void wake(RoomId room, int64_t now_ns) noexcept;

  /// When tick() is due; INT64_MAX: no room is awake.
  int64_t tick_due_ns() const noexcept { return any_awake_ ? next_tick_ns_ : INT64_MAX; }
  /// Asks the selectors of all awake rooms.
  void tick(int64_t now_ns) noexcept;
  /// Asks the selector of one room. False if the room sleeps.
  bool select(LaneRoom& room, int64_t now_ns) noexcept;
  /// Offers each fill for another lane to `post`, in order, until it returns true. The next call
  /// offers refused fills again.
  template <class Post>
  void hand_out(Post&& post) {
    uint64_t full = 0;  // A fill never overtakes an earlier one for the same lane.
    std::erase_if(others_, [&](const SlotFill& fill) {
      const uint64_t bit = uint64_t{1} << fill.lane;
      const bool is_taken = (full & bit) == 0 && post(fill);
      if (!is_taken) full |= bit;
      return is_taken;
    });
  }
  bool has_fills() const noexcept { return !others_.empty(); }
  /// The session has left its room: fills for it that no lane has taken are dropped.
  void forget_fills(SessionId session) noexcept;

 private:
  struct Route {
    LaneSession* session;
    uint32_t slot;
  };
  struct Track {
    std::shared_ptr<TrackFeed> feed;  // Shared with the session's threads, which outlive neither.
    uint8_t level_extension;
    rtp::History history{Preroll::kMostPackets};
    rtp::SequenceExtender sequence;
    std::vector<Route> routes;
  };

  Track* find_track(TrackId track) noexcept;
  void take_fills(const LaneRoom& room, int64_t now_ns) noexcept;
  void forward(std::span<const Route> routes, const TrackFeed& feed, const LanePacket& packet,
               Preroll& preroll, Redundancy& redundancy, int64_t now_ns) noexcept;
  static void prefetch(std::span<const Route> routes) noexcept;
  void place(LaneSession& session, uint32_t slot, TrackId track, int64_t now_ns) noexcept;
  void keep_fill(const SlotFill& fill, size_t older);
  /// Sends the silence with which slots have ended.
  void flush_silence() noexcept;
  void add_route(Track& track, LaneSession& session, uint32_t slot);
  void remove_route(LaneSession& session, uint32_t slot) noexcept;

  const uint32_t lane_;
  LaneCounters& counters_;
  Outlet& outlet_;
  std::unordered_map<TrackId, Track> tracks_;
  std::unordered_map<SessionId, std::unique_ptr<LaneSession>> sessions_;
  std::unordered_map<RoomId, std::unique_ptr<LaneRoom>> rooms_;
  // For other lanes, which have not taken them yet. At most one for each slot: the newest.
  std::vector<SlotFill> others_;
  size_t awaited_ = 0;        // Slots that wait for a track.
  bool has_silence_ = false;  // Paths have got silence since the last flush.
  int64_t next_tick_ns_ = 0;
  bool any_awake_ = false;
};

}  // namespace veche::media
