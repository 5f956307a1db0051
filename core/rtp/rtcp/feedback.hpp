// SPDX-License-Identifier: Apache-2.0
// Views of feedback messages: NACK and PLI (RFC 4585 section 6), FIR (RFC 5104 section 4.3.1), REMB
// (draft-alvestrand-rmcat-remb-03).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/rtcp/reports.hpp"
#include "rtp/rtcp/rtcp_reader.hpp"

namespace veche::rtp {

// Each parse() returns nothing if the packet is of another kind or its size is wrong.

/// Requests retransmission. At most 17 numbers for each four bytes.
class Nack {
 public:
  static std::optional<Nack> parse(const RtcpPacket& packet) noexcept;
  uint32_t sender_ssrc() const noexcept { return sender_ssrc_; }
  uint32_t media_ssrc() const noexcept { return media_ssrc_; }

  /// Calls visit(sequence) for each number, in wire order.
  template <class Visit>
  void for_each(Visit&& visit) const noexcept {
    for (size_t i = 0; i < items_.size() / 4; ++i) {
      const Item item = item_at(i);
      visit(item.first);
      for (int bit = 0; bit < 16; ++bit) {
        if ((item.following & (1u << bit)) != 0) visit(static_cast<uint16_t>(item.first + bit + 1));
      }
    }
  }

 private:
  /// PID and BLP: bit i stands for the number i + 1 after the first.
  struct Item {
    uint16_t first = 0;
    uint16_t following = 0;
  };
  Item item_at(size_t index) const noexcept;

  uint32_t sender_ssrc_ = 0;
  uint32_t media_ssrc_ = 0;
  std::span<const uint8_t> items_;
};

/// Requests a key frame.
struct Pli {
  uint32_t sender_ssrc = 0;
  uint32_t media_ssrc = 0;
  static std::optional<Pli> parse(const RtcpPacket& packet) noexcept;
};

/// One command of a FIR: a repeated number is the same command.
struct FirEntry {
  uint32_t ssrc = 0;
  uint8_t command = 0;
  bool operator==(const FirEntry&) const = default;
};

/// Requests key frames.
class Fir {
 public:
  static std::optional<Fir> parse(const RtcpPacket& packet) noexcept;
  uint32_t sender_ssrc() const noexcept { return sender_ssrc_; }
  size_t size() const noexcept { return entries_.size() / 8; }
  FirEntry at(size_t index) const noexcept;

 private:
  uint32_t sender_ssrc_ = 0;
  std::span<const uint8_t> entries_;
};

/// The bit rate that the receiver accepts for all these SSRCs together.
struct Remb {
  uint32_t sender_ssrc = 0;
  uint64_t bitrate_bps = 0;  ///< Saturates at the largest number.
  SsrcList ssrcs;
  static std::optional<Remb> parse(const RtcpPacket& packet) noexcept;
};

}  // namespace veche::rtp
