// SPDX-License-Identifier: Apache-2.0
// The egress of one session on its lane: its slots, each a continuous stream of the tracks that
// fill it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "base/prefetch.hpp"
#include "media/feed/track_feed.hpp"
#include "media/lane/lane_counters.hpp"
#include "media/lane/lane_packet.hpp"
#include "media/lane/path.hpp"
#include "media/lane/redundancy.hpp"
#include "media/selector.hpp"
#include "media/session.hpp"
#include "rtp/rewriter.hpp"

namespace veche::media {

/// Made on control, used on the lane, destroyed on control.
class LaneSession final : public PaddingWriter {
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
    /// No packet before the next one is repeated: others, or none, were sent in their time.
    bool begins = true;
    uint8_t repeated = Protection::kAsPublished;
    /// The number of the first packet that may be repeated, as the lane counts those of the track.
    uint32_t repeatable_from = 0;
    // Of the last packet that was sent.
    bool has_level = false;
    uint32_t source_number = 0;
    veche_route route{};
    alignas(16) std::array<std::byte, PacketPolicy::kMaxStateSize> policy_state{};
    TrackId awaited;  ///< Gets the slot once the lane knows it.
  };

  /// The path outlives the session's time on the lane. `policy` may be null: everything is
  /// forwarded. `connected_ns`: a turn that started earlier does not count as a switch. `tag`: the
  /// selector's, of the participant; null: it has none.
  LaneSession(SessionId id, ParticipantId participant, Path& path, PacketPolicy* policy,
              LaneCounters& counters, const std::vector<rtp::SlotFormat>& slots,
              int64_t connected_ns = 0, std::shared_ptr<const std::atomic<uint64_t>> tag = nullptr);

  SessionId id() const { return id_; }
  ParticipantId participant() const { return participant_; }
  size_t slot_count() const { return slots_.size(); }
  TrackId track(size_t slot) const { return slots_[slot].track; }

  /// Before it is on a lane. Its client cannot open encrypted tracks: their slots send nothing,
  /// because a decoder makes noise of what is encrypted. Otherwise it gets all tracks.
  void leave_out_encrypted() noexcept { opens_encrypted_ = false; }

  /// [lane] Asks another policy, or none, from the next packet on.
  void use_policy(PacketPolicy* policy) noexcept;
  /// [lane] Fills the slot with another track, or none, from the next packet on. A track that was
  /// heard and has no successor ends with silence, so that no decoder makes up how it goes on.
  /// True: the path has packets to flush.
  bool fill(size_t slot, TrackId track, int64_t now_ns) noexcept;
  /// [lane] The same when a slot stops sending.
  bool set_active(size_t slot, bool active, int64_t now_ns) noexcept;
  /// [lane] From the next packet on.
  void protect(size_t slot, Protection protection) noexcept;
  /// [lane] See Path::wish().
  void wish(uint32_t bps, int64_t now_ns) noexcept { path_.wish(bps, now_ns); }
  /// [lane] See Path::prefetch().
  void prefetch(size_t slot, int depth) const noexcept {
    if (depth == 0) veche::prefetch(&slots_[slot], offsetof(Slot, policy_state) + kUsualStateSize);
    path_.prefetch(slot, depth);
  }
  /// [lane] The track that the slot gets as soon as the lane knows it; none: the slot waits for no
  /// track.
  TrackId awaited(size_t slot) const noexcept { return slots_[slot].awaited; }
  void await(size_t slot, TrackId track) noexcept { slots_[slot].awaited = track; }
  /// [lane] Its path may send padding in its slots, or no longer.
  void lend_padding() noexcept { path_.pad_with(this); }
  void end_padding() noexcept { path_.pad_with(nullptr); }
  std::optional<rtp::PacketView> write_padding(size_t slot,
                                               std::span<uint8_t> out) noexcept override;
  /// [lane] Sends one packet of the slot's track, protected, and preceded in a new slot by the part
  /// of `preroll` that the policy wants. False: the packet is not sent, and that has been counted.
  bool forward(size_t slot, const TrackFeed& feed, const LanePacket& packet, Preroll& preroll,
               Redundancy& redundancy, int64_t now_ns) noexcept;

 private:
  static constexpr size_t kUsualStateSize = 64;  ///< The usual size of a policy's state.
  static constexpr int kSilentFrames = 3;

  bool end_in_silence(Slot& slot, int64_t now_ns) noexcept;
  void replay(Slot& slot, const TrackFeed& feed, Preroll& preroll, int64_t now_ns) noexcept;
  void decide(Slot& slot, const TrackFeed& feed, std::span<const veche_packet> packets,
              uint32_t* verdicts, int64_t now_ns) noexcept;
  static void skip(Slot& slot, const LanePacket& packet) noexcept;
  /// The form in which the slot sends the packet.
  static Form form(const Slot& slot, const TrackFeed& feed, const LanePacket& packet,
                   Redundancy& redundancy) noexcept;
  /// False: no packet was sent, and that has been counted.
  bool write(Slot& slot, const TrackFeed& feed, const LanePacket& packet, const Form& form,
             int64_t now_ns) noexcept;
  void send(Slot& slot, const rtp::PacketView& packet, int64_t capture_ns, int64_t now_ns) noexcept;
  void measure_switch(Slot& slot, const TrackFeed& feed, int64_t now_ns) noexcept;

  const SessionId id_;
  const ParticipantId participant_;
  Path& path_;
  PacketPolicy* policy_;
  bool shows_tags_;
  const std::shared_ptr<const std::atomic<uint64_t>> tag_;  // Shared with control, which writes it.
  LaneCounters& counters_;
  std::vector<Slot> slots_;
  const int64_t connected_ns_;
  bool opens_encrypted_ = true;
  bool has_sent_ = false;
};

}  // namespace veche::media
