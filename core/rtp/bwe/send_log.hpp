// SPDX-License-Identifier: Apache-2.0
// Numbers the packets of one transport and matches them with its transport-cc feedback
// (draft-holmer-rmcat-transport-wide-cc-extensions-01).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtp/bwe/packet_result.hpp"
#include "rtp/rtcp/transport_feedback_reader.hpp"

namespace veche::rtp {

/// One for each session, on its lane. Nothing that feedback says is trusted: packets that were
/// never sent, or so long ago that they are forgotten, and what was told already have no result.
class SendLog {
 public:
  static constexpr size_t kPackets = 1024;  ///< Remembered: a second of 16 voices with probes.
  /// A pause of this length forgets what was sent before it.
  static constexpr int64_t kPauseUs = 4'000'000;
  /// A missing packet is decided when one this many numbers and this time behind it has arrived.
  static constexpr uint64_t kReorderPackets = 3;
  static constexpr int64_t kReorderUs = 60'000;

  /// Room for the results of one feedback packet; a lane needs only one.
  using Results = std::array<PacketResult, kPackets>;

  /// `first` is the first packet's number.
  explicit SendLog(uint16_t first = 0) noexcept : first_(first) {}

  /// [lane] A packet leaves now: returns its transport-wide number, for the header extension.
  /// `size` is on the wire, with all headers; `cluster` is the probe that it belongs to, or 0.
  uint16_t add(uint16_t size, int64_t now_us, uint8_t cluster = 0) noexcept;

  /// [lane] The client has asked for the packet, and it leaves again with the number that it had:
  /// it was lost, which is the result, unless it has one. What feedback says of it now is about
  /// either copy, so it has no result any more.
  std::optional<PacketResult> on_resent(uint16_t sequence) noexcept;

  /// [lane] The news of a feedback packet, at most one for each sent packet, in `room`. Packets
  /// that arrived come at once, in the order of their numbers. A missing packet comes when packets
  /// behind it have arrived, so that one that was only overtaken is not lost. Absent feedback makes
  /// a packet Unknown, never Lost.
  std::span<const PacketResult> on_feedback(TransportFeedbackReader feedback,
                                            Results& room) noexcept;

  /// Feedback packets that had not arrived when their successors did.
  uint64_t feedback_lost() const noexcept { return feedback_lost_; }

 private:
  enum class Status : uint8_t { Sent = 1, Missing, Received, Lost, Unknown, Resent };
  static bool is_closed(Status status) noexcept {
    return status == Status::Received || status == Status::Resent;
  }
  struct Entry {
    uint32_t sent_us = 0;  ///< Modulo 32 bits: kPauseUs keeps all entries within one turn.
    uint16_t size = 0;
    uint8_t cluster = 0;
    Status status = Status::Sent;
  };
  static_assert(kPauseUs * static_cast<int64_t>(kPackets) < int64_t{1} << 32);

  // Packets are numbered from 0 here, without a wrap; first_ is the offset of their numbers on the
  // wire, and `end` is the number after the last.
  Entry& at(uint64_t number) noexcept { return entries_[number % kPackets]; }
  int64_t sent_us(uint64_t number) noexcept;
  std::optional<uint64_t> find(uint16_t sequence) const noexcept;
  PacketResult result(uint64_t number, PacketFate fate) noexcept;
  int64_t extend(int64_t reference_us) noexcept;
  void count(uint8_t feedback_count) noexcept;
  void cover(uint16_t base, uint16_t statuses) noexcept;
  /// Adds what can be told of missing packets.
  size_t decide(Results& room, size_t used) noexcept;

  std::array<Entry, kPackets> entries_{};
  uint64_t end_ = 0;
  uint64_t oldest_ = 0;       ///< The first that is remembered.
  uint64_t undecided_ = 0;    ///< All before it have a result.
  uint64_t covered_end_ = 0;  ///< Of what feedback has told.
  uint64_t arrived_end_ = 0;
  int64_t last_sent_us_ = 0;
  int64_t reference_us_ = 0, extended_us_ = 0;  ///< Of the last feedback: as told, and unwrapped.
  uint64_t feedback_lost_ = 0;
  uint16_t first_;
  uint8_t next_feedback_ = 0;
  bool has_feedback_ = false;
  bool has_gap_ = false;  ///< Since the last arrival, feedback was skipped.
};

}  // namespace veche::rtp
