// SPDX-License-Identifier: Apache-2.0
// A lane: the thread that owns the egress of a set of sessions and the selection of a set of rooms.
// An actor: all that changes what it does arrives through its inbox, in order.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/inbox.hpp"
#include "media/feed/track_feed.hpp"
#include "media/lane/command.hpp"
#include "media/lane/doorbell.hpp"
#include "media/lane/lane_room.hpp"
#include "media/lane/lane_session.hpp"
#include "media/lane/port.hpp"
#include "rtp/history.hpp"
#include "rtp/sequence.hpp"

namespace veche::media {

class Lane {
 public:
  static constexpr int64_t kTickNs = 20'000'000;
  /// Packets of a track that are kept for pre-roll: 320 ms of 20 ms packets.
  static constexpr size_t kHistory = 16;

  /// `port`: null if its sessions bring no packets by themselves.
  Lane(uint32_t index, glib::ControlLoop& loop, CommandReturns& returns,
       std::unique_ptr<Doorbell> bell, std::unique_ptr<Port> port = nullptr);
  /// [control] Ends the thread; what was posted before still runs.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  uint32_t index() const { return index_; }
  uint64_t bit() const { return uint64_t{1} << index_; }
  LaneCounters& counters() { return counters_; }
  /// [any] Messages that wait, approximately.
  size_t inbox_depth() const noexcept { return inbox_.depth(); }

  /// [any] Copies the packet into the inbox. False, and counted, if that is full. `preroll`: it is
  /// only to be remembered, because it came before the lane wanted the track.
  bool post_packet(TrackId track, std::span<const uint8_t> bytes, const PacketTimes& times,
                   uint8_t level, bool preroll) noexcept;
  /// [any] The port sends the datagram to the session's peer. Dropped if the inbox is full.
  void post_datagram(SessionId session, std::span<const uint8_t> datagram) noexcept;
  /// [any] The room has something to select from.
  void post_wake(RoomId room) noexcept;
  /// [lane] From the room's home lane: the slot gets this track. False if the inbox is full.
  bool post_fill(SessionId session, uint32_t slot, TrackId track) noexcept;
  /// [control] Never fails: what finds no room in the inbox waits on control.
  void post(std::unique_ptr<LaneCommand> command);

  // All of the following: [lane], in commands and by LaneRoom.
  void add_track(std::shared_ptr<TrackFeed> feed, uint8_t level_extension);
  void remove_track(TrackId track) noexcept;
  void add_session(std::unique_ptr<LaneSession>& session);
  std::unique_ptr<LaneSession> remove_session(SessionId session) noexcept;
  void add_room(std::unique_ptr<LaneRoom>& room);
  std::unique_ptr<LaneRoom> remove_room(RoomId room) noexcept;
  LaneRoom* find_room(RoomId room) noexcept;
  LaneSession* find_session(SessionId session) noexcept;
  void fill(SessionId session, uint32_t slot, TrackId track) noexcept;
  /// All sessions ask this policy from now on; null: none.
  void use_policy(PacketPolicy* policy) noexcept;
  /// Begins or goes on with the room's selection.
  void wake(RoomId room) noexcept;

 private:
  struct Message {
    enum class Kind : uint8_t { Packet = 1, Preroll, Wake, Fill, Command, Datagram };
    Kind kind;
    uint8_t level;
    uint16_t size;
    uint32_t slot;
    uint64_t id;     // Track, room or session, by kind.
    uint64_t track;  // Of a Fill.
    PacketTimes times;
    LaneCommand* command;
    uint8_t bytes[rtp::kMaxPacketSize];
  };
  struct Route {
    LaneSession* session;
    uint32_t slot;
  };
  struct Track {
    std::shared_ptr<TrackFeed>
        feed;  // Shared with the session's streaming thread, which outlives neither.
    uint8_t level_extension;
    rtp::History history{kHistory};
    rtp::SequenceExtender sequence;
    std::vector<Route> routes;
  };

  void run() noexcept;
  void handle(Message& message) noexcept;
  void handle_packet(const Message& message, bool preroll) noexcept;
  void forward(std::span<const Route> routes, const Track& track, const LanePacket& packet,
               int64_t now_ns) noexcept;
  static void prefetch(std::span<const Route> routes) noexcept;
  void tick_rooms() noexcept;
  void count_busy(int64_t now_ns) noexcept;
  bool serve_port() noexcept;
  void wait() noexcept;
  void add_route(Track& track, LaneSession& session, uint32_t slot);
  void remove_route(LaneSession& session, uint32_t slot) noexcept;
  void retry_waiting();

  const uint32_t index_;
  const std::unique_ptr<Doorbell> bell_;
  const std::unique_ptr<Port> port_;
  glib::ControlLoop& loop_;
  CommandReturns& returns_;
  LaneCounters counters_;
  Inbox<Message> inbox_;
  std::deque<std::unique_ptr<LaneCommand>> waiting_;  // [control]
  glib::Timer retry_timer_;                           // [control]
  std::atomic<bool> stopping_{false};

  // The lane's own.
  std::unordered_map<TrackId, Track> tracks_;
  std::unordered_map<SessionId, std::unique_ptr<LaneSession>> sessions_;
  std::unordered_map<RoomId, std::unique_ptr<LaneRoom>> rooms_;
  int64_t next_tick_ns_ = 0;
  bool any_awake_ = false;
  bool readable_ = true;       // The port may have something.
  int64_t busy_since_ns_ = 0;  // Since when busy time has not been counted.

  std::thread thread_;
};

}  // namespace veche::media
