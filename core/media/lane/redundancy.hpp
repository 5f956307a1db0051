// SPDX-License-Identifier: Apache-2.0
// The redundant forms of one packet (RFC 2198): made once, for all listeners that need them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/feed/track_feed.hpp"
#include "media/session.hpp"
#include "rtp/history.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/red.hpp"

namespace veche::media {

/// What of a packet a slot sends.
struct Form {
  rtp::PacketView view;
  bool is_redundant = false;  ///< Its payload has blocks, of the track's payload type.
  bool keeps_blocks = true;   ///< If not, only the primary block is sent.
  size_t repeated_bytes = 0;  ///< Of the payload: what the server has added.
};

/// A packet as it was published, and the same without redundancy.
Form as_published(const TrackFeed& feed, const rtp::PacketView& packet) noexcept;
Form plain(const TrackFeed& feed, const rtp::PacketView& packet) noexcept;

/// [lane] For one packet that is being forwarded. Each form is made when the first listener asks.
class Redundancy {
 public:
  /// An RTP packet with redundancy has at most this size, so that it fits into a datagram on any
  /// path.
  static constexpr size_t kMaxPacket = 1200;

  /// The arguments outlive it. `history`: of the track, before the packet.
  Redundancy(const rtp::History& history, const TrackFeed& feed,
             const rtp::PacketView& packet) noexcept
      : history_(history), feed_(feed), packet_(packet) {}
  Redundancy(const Redundancy&) = delete;
  Redundancy& operator=(const Redundancy&) = delete;

  /// The packet with those of the `count` packets before it that are worth it: that have sound, are
  /// of the same talk burst, and fit. `count` is 1 or 2. Plain if there are none.
  const Form& repeating(size_t count) noexcept;

 private:
  /// Beside the fixed header: for CSRC, header extensions, and what SRTP adds.
  static constexpr size_t kHeaderRoom = 64;
  static constexpr size_t kFixedHeader = 12;

  struct Made {
    // Not defaulted: the memory stays uninitialised until it is written.
    Made() noexcept {}

    bool is_made = false;
    Form form;
    std::array<uint8_t, kMaxPacket - kHeaderRoom> memory;
  };
  void make(Made& made, size_t count) const noexcept;
  std::span<const rtp::RedBlock> collect(
      size_t count, std::span<rtp::RedBlock, Protection::kMostRepeated> memory) const noexcept;
  rtp::RedBlock block_of(const rtp::PacketView& packet) const noexcept;
  std::optional<rtp::RedBlock> repeated_by_publisher(size_t distance) const noexcept;

  const rtp::History& history_;
  const TrackFeed& feed_;
  const rtp::PacketView& packet_;
  // Not optional: that would clear the memory for each packet.
  std::array<Made, Protection::kMostRepeated> made_;
};

}  // namespace veche::media
