// SPDX-License-Identifier: Apache-2.0
// What one participant hears: loss in each slot, latency, and how much of each turn arrived. Pure.
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

/// What a listener got of one turn.
struct HeardTurn {
  int64_t first_arrival_ns = 0;  ///< 0: nothing was heard.
  uint32_t first_frame = std::numeric_limits<uint32_t>::max();
  uint32_t last_frame = 0;
  uint32_t frames = 0;
  /// Frames that did not come between the first and the last that did.
  uint32_t missing() const {
    return first_arrival_ns == 0 ? 0 : last_frame - first_frame + 1 - frames;
  }
};

/// One thread writes; the counters may be read from any.
class Receiver {
 public:
  /// `turns`: of its room. Talkers of other rooms have another number modulo `rooms`.
  Receiver(uint32_t own_index, size_t turns, uint32_t rooms = 1);

  /// A whole RTP packet, as it came out of SRTP.
  void take(std::span<const uint8_t> packet, int64_t now_ns) noexcept;
  /// [any] What was sent before this time does not count for the latency: participants who join
  /// cost the machine more than a talk does.
  void measure_latency_from(int64_t sent_ns) noexcept {
    latency_from_ns_.store(sent_ns, std::memory_order_relaxed);
  }

  /// All but `not_rtp` are counted in their slot; foreign ones come from somebody who is no load.
  std::atomic<uint64_t> packets{0}, duplicates{0}, foreign{0}, not_rtp{0};
  std::atomic<uint64_t> own_packets{0};  ///< Its own voice: a mistake of the server.
  std::atomic<uint64_t> strange{0};      ///< Of another room: a worse one.
  std::atomic<uint64_t> source_errors{
      0};                             ///< CSRC missing, or not the same as before for this talker.
  std::atomic<uint64_t> switches{0};  ///< How often a slot got another talker.
  /// The kernel dropped them: they came faster than this program read its socket.
  std::atomic<uint64_t> socket_drops{0};
  FeedbackCounts told;  ///< What the client said of what it heard.
  Histogram
      latency;  ///< Of packets that were sent after their slot had been switched to the talker.

  /// [any] Missing sequence numbers, all slots together.
  uint64_t lost() const;
  size_t slots() const { return slot_count_.load(std::memory_order_acquire); }
  /// Not while packets come.
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
