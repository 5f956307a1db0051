// SPDX-License-Identifier: Apache-2.0
// A lane: the thread that owns the egress of a set of sessions and the selection of a set of rooms.
// An actor: every change to its behaviour arrives through its inbox, in order.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "base/ids.hpp"
#include "base/inbox.hpp"
#include "base/time.hpp"
#include "glib/control_loop.hpp"
#include "media/lane/command.hpp"
#include "media/lane/doorbell.hpp"
#include "media/lane/lane_counters.hpp"
#include "media/lane/lane_message.hpp"
#include "media/lane/port.hpp"
#include "media/lane/switchboard.hpp"

namespace veche::media {

class Lane;
/// All lanes of an engine, by their index.
using Lanes = std::vector<std::unique_ptr<Lane>>;

class Lane final : private Outlet {
 public:
  /// `all`: the list that will contain the lane; it outlives the sessions of all lanes. `port`:
  /// null if its sessions deliver no packets themselves.
  Lane(uint32_t index, const Lanes& all, glib::ControlLoop& loop, CommandReturns& returns,
       std::unique_ptr<Doorbell> bell, std::unique_ptr<Port> port = nullptr,
       Clock clock = monotonic_ns);
  /// [control] Ends the thread; everything posted before still runs.
  ~Lane() override;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  uint32_t index() const { return index_; }
  uint64_t bit() const { return uint64_t{1} << index_; }
  LaneCounters& counters() { return counters_; }
  /// [any] The approximate number of waiting messages.
  size_t inbox_depth() const noexcept { return inbox_.depth(); }

  /// [any] Forwards the packet: at once on this lane's own thread, through the inbox on any other.
  /// False, and counted, if the inbox is full. Packets of one thread stay in order; those of the
  /// lane's own port do not wait for the inbox. `level`: RFC 6464, 127 if there is none.
  bool forward(TrackId track, const rtp::PacketView& packet, const PacketTimes& times,
               uint8_t level, int64_t now_ns) noexcept;
  /// [any] The same, but only stores the packet: it arrived before the lane wanted the track.
  bool remember(TrackId track, const rtp::PacketView& packet, int64_t arrival_ns) noexcept;
  /// [any] The room has packets to select from. At once, or through the inbox. False if that is
  /// full: the room must be woken again.
  bool wake(RoomId room, int64_t now_ns) noexcept;
  /// [any] The port sends the datagram to the session's peer. Dropped if the inbox is full.
  void post_datagram(SessionId session, std::span<const uint8_t> datagram) noexcept;
  /// [lane] From the room's home lane. False if the inbox is full.
  bool post_fill(const SlotFill& fill) noexcept;
  /// [control] Never fails: commands that do not fit into the inbox wait on control.
  void post(std::unique_ptr<LaneCommand> command);

  /// [lane] For commands.
  Switchboard& switchboard() noexcept { return switchboard_; }
  /// [lane] When the current command started.
  int64_t now_ns() const noexcept { return now_ns_; }

 private:
  /// The caller runs on the thread of this lane.
  bool is_here() const noexcept;
  template <class Fill>
  bool push(bool may_use_reserve, Fill&& fill) noexcept;
  bool post_packet(LaneMessage::Kind kind, TrackId track, const rtp::PacketView& packet,
                   const PacketTimes& times, uint8_t level) noexcept;
  void run() noexcept;
  void handle(LaneMessage& message) noexcept;
  void tick() noexcept;
  void hand_out_fills() noexcept;
  void count_busy(int64_t now_ns) noexcept;
  bool serve_port() noexcept;
  void wait() noexcept;
  int64_t flush() noexcept override;
  void retry_waiting();

  const uint32_t index_;
  const Lanes& all_;
  const std::unique_ptr<Doorbell> bell_;
  const std::unique_ptr<Port> port_;
  const Clock clock_;
  glib::ControlLoop& loop_;
  CommandReturns& returns_;
  LaneCounters counters_;
  Inbox<LaneMessage> inbox_;
  std::deque<std::unique_ptr<LaneCommand>> waiting_;  // [control]
  glib::Timer retry_timer_;                           // [control]
  std::atomic<bool> stopping_{false};

  // The lane's own.
  Switchboard switchboard_;
  int64_t now_ns_ = 0;
  bool readable_ = true;       // The port may have data.
  bool forwarded_ = false;     // Since the last call of the port's receive().
  int64_t busy_since_ns_ = 0;  // Busy time is counted up to this time.

  std::thread thread_;
};

}  // namespace veche::media
