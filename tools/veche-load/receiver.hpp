// SPDX-License-Identifier: Apache-2.0
// What one participant hears: loss in each slot, latency, and the received part of each turn. Pure.
#pragma once

#include <array>
#include <atomic>
#include <bitset>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "client_feedback.hpp"
#include "histogram.hpp"
#include "mark.hpp"
#include "rtp/sequence.hpp"

namespace veche::load {

/// One turn as a listener heard it.
struct HeardTurn {
  int64_t first_arrival_ns = 0;  ///< 0: no packet arrived.
  uint32_t first_frame = std::numeric_limits<uint32_t>::max();
  uint32_t last_frame = 0;
  uint32_t frames = 0;
  /// Missing frames between the first and the last that arrived.
  uint32_t missing() const {
    return first_arrival_ns == 0 ? 0 : last_frame - first_frame + 1 - frames;
  }
};

/// One thread writes; any thread may read the counters.
class Receiver {
 public:
  /// `turns`: of its room. Talkers of other rooms have another number modulo `rooms`.
  Receiver(uint32_t own_index, size_t turns, uint32_t rooms = 1);

  /// A whole decrypted RTP packet.
  void take(std::span<const uint8_t> packet, int64_t now_ns) noexcept;
  /// [any] Packets sent before this time do not count for the latency: joins cost the machine more
  /// than talk does.
  void measure_latency_from(int64_t sent_ns) noexcept {
    latency_from_ns_.store(sent_ns, std::memory_order_relaxed);
  }

  /// All but `not_rtp` are counted in their slot; foreign packets come from a talker outside the
  /// load.
  std::atomic<uint64_t> packets{0}, duplicates{0}, foreign{0}, not_rtp{0};
  std::atomic<uint64_t> own_packets{0};    ///< Its own voice: the server's mistake.
  std::atomic<uint64_t> strange{0};        ///< From another room: a worse mistake.
  std::atomic<uint64_t> source_errors{0};  ///< CSRC missing, or changed for this talker.
  std::atomic<uint64_t> switches{0};       ///< Slots that got another talker.
  /// The kernel dropped them: they arrived faster than this program read its socket.
  std::atomic<uint64_t> socket_drops{0};
  FeedbackCounts told;  ///< The client's feedback about these packets.
  Histogram latency;    ///< Of packets sent after their slot was switched to the talker.

  /// [any] Missing sequence numbers, over all slots.
  uint64_t lost() const;
  size_t slots() const { return slot_count_.load(std::memory_order_acquire); }
  /// Not while packets arrive.
  const std::vector<HeardTurn>& turns() const { return turns_; }

 private:
  static constexpr size_t kMaxSlots = 64;
  static constexpr uint32_t kWindow = 512;
  struct Slot {
    uint32_t ssrc = 0;
    rtp::SequenceExtender extender;
    uint32_t first = 0, highest = 0;
    std::bitset<kWindow> seen;
    std::atomic<uint64_t> expected{0}, received{0};
    uint32_t talker = std::numeric_limits<uint32_t>::max();
    int64_t switched_ns = 0;
  };

  Slot* slot_of(uint32_t ssrc) noexcept;
  static bool count(Slot& slot, uint16_t sequence) noexcept;
  void check_source(const Mark& mark, std::span<const uint8_t> packet) noexcept;
  void note_turn(const Mark& mark, int64_t now_ns) noexcept;

  uint32_t own_index_;
  uint32_t rooms_;
  std::atomic<int64_t> latency_from_ns_{0};
  std::array<Slot, kMaxSlots> slots_;
  std::atomic<size_t> slot_count_{0};
  std::vector<HeardTurn> turns_;
  std::vector<uint32_t> sources_;  ///< CSRC by talker; 0: not known yet.
};

}  // namespace veche::load
