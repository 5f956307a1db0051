// SPDX-License-Identifier: Apache-2.0
// The egress of one session on its lane: its slots, each a continuous stream of the tracks that
// fill it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/ids.hpp"
#include "base/prefetch.hpp"
#include "media/feed/track_feed.hpp"
#include "media/lane/lane_counters.hpp"
#include "media/lane/lane_packet.hpp"
#include "media/lane/path.hpp"
#include "media/selector.hpp"
#include "rtp/rewriter.hpp"

namespace veche::media {

/// Made on control, used on the lane, destroyed on control.
class LaneSession {
 public:
  struct Slot {
    explicit Slot(rtp::SlotFormat format, uint16_t first_sequence, uint32_t first_timestamp)
        : rewriter(std::move(format), first_sequence, first_timestamp) {}

    rtp::Rewriter rewriter;
    TrackId track;
    bool active = true;  ///< An inactive slot sends nothing.
    /// The track has just been selected: its history is replayed before the next packet.
    bool fresh = false;
    bool unheard = false;  ///< No packet of the track has been sent yet.
    // Of the last packet that was sent.
    bool has_level = false;
    uint32_t source_number = 0;
    veche_route route{};
    alignas(16) std::array<std::byte, PacketPolicy::kMaxStateSize> policy_state{};
    TrackId awaited;  ///< Gets the slot once the lane knows it.
  };

  /// The path outlives the session's time on the lane. `policy` may be null: everything is
  /// forwarded. `connected_ns`: a turn that started earlier does not count as a switch.
  LaneSession(SessionId id, ParticipantId participant, Path& path, PacketPolicy* policy,
              LaneCounters& counters, const std::vector<rtp::SlotFormat>& slots,
              int64_t connected_ns = 0);

  SessionId id() const { return id_; }
  ParticipantId participant() const { return participant_; }
  size_t slot_count() const { return slots_.size(); }
  TrackId track(size_t slot) const { return slots_[slot].track; }

  /// [lane] Asks another policy, or none, from the next packet on.
  void use_policy(PacketPolicy* policy) noexcept;
  /// [lane] Fills the slot with another track, or none, from the next packet on. A track that was
  /// heard and has no successor ends with silence, so that no decoder makes up how it goes on.
  /// True: the path has packets to flush.
  bool fill(size_t slot, TrackId track, int64_t now_ns) noexcept;
  /// [lane] The same when a slot stops sending.
  bool set_active(size_t slot, bool active, int64_t now_ns) noexcept;
  /// [lane] See Path::prefetch().
  void prefetch(size_t slot, int depth) const noexcept {
    if (depth == 0) veche::prefetch(&slots_[slot], offsetof(Slot, policy_state) + kUsualStateSize);
    path_.prefetch(slot, depth);
  }
  /// [lane] The track that the slot gets as soon as the lane knows it; none: the slot waits for no
  /// track.
  TrackId awaited(size_t slot) const noexcept { return slots_[slot].awaited; }
  void await(size_t slot, TrackId track) noexcept { slots_[slot].awaited = track; }
  /// [lane] Sends one packet of the slot's track, preceded in a new slot by the part of `preroll`
  /// that the policy wants. False: the packet is not sent, and that has been counted.
  bool forward(size_t slot, const TrackFeed& feed, const LanePacket& packet, Preroll& preroll,
               int64_t now_ns) noexcept;

 private:
  static constexpr size_t kUsualStateSize = 64;  ///< The usual size of a policy's state.
  static constexpr int kSilentFrames = 3;

  bool end_in_silence(Slot& slot, int64_t now_ns) noexcept;
  void replay(Slot& slot, const TrackFeed& feed, Preroll& preroll, int64_t now_ns) noexcept;
  void decide(Slot& slot, std::span<const veche_packet> packets, uint32_t* verdicts,
              int64_t now_ns) noexcept;
  /// False: no packet was sent, and that has been counted.
  bool write(Slot& slot, const TrackFeed& feed, const LanePacket& packet, int64_t now_ns) noexcept;
  void send(Slot& slot, const rtp::PacketView& packet, int64_t capture_ns, int64_t now_ns) noexcept;
  void measure_switch(Slot& slot, const TrackFeed& feed, int64_t now_ns) noexcept;

  const SessionId id_;
  const ParticipantId participant_;
  Path& path_;
  PacketPolicy* policy_;
  LaneCounters& counters_;
  std::vector<Slot> slots_;
  const int64_t connected_ns_;
  bool has_sent_ = false;
};

}  // namespace veche::media
