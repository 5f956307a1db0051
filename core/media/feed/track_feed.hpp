// SPDX-License-Identifier: Apache-2.0
// The state that threads share about one track and one room: single atomic words only.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "base/counter.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "media/feed/packet_times.hpp"
#include "rtp/packet_view.hpp"
#include "sdp/profile.hpp"

namespace veche::media {

class TapInbox;

/// A track's lanes are the bits of one word.
inline constexpr size_t kMaxLanes = 64;

/// The levels of the packets since the last reading. One writer, one reader.
class LevelMeter {
 public:
  struct Reading {
    uint32_t packets = 0;
    uint8_t level = 127;  ///< The loudest, RFC 6464; 127 without packets.
  };

  /// [streaming]
  void add(uint8_t level, int64_t now_ns) noexcept {
    const uint32_t loudness = 127u - std::min<uint8_t>(level, 127);
    uint32_t old = word_.load(std::memory_order_relaxed);
    uint32_t word;
    do {
      word = ((old >> 8) + 1) << 8 | std::max(old & 0xff, loudness);
    } while (!word_.compare_exchange_weak(old, word, std::memory_order_relaxed));
    last_packet_ns_.store(now_ns, std::memory_order_relaxed);
  }
  /// [lane] Reads and resets.
  Reading take() noexcept {
    const uint32_t word = word_.exchange(0, std::memory_order_relaxed);
    return {word >> 8, static_cast<uint8_t>(127 - (word & 0xff))};
  }
  bool empty() const noexcept { return word_.load(std::memory_order_relaxed) == 0; }
  int64_t last_packet_ns() const noexcept {
    return last_packet_ns_.load(std::memory_order_relaxed);
  }

 private:
  // Packets in the upper 24 bits, loudness (127 - level) in the lower 8.
  std::atomic<uint32_t> word_{0};
  std::atomic<int64_t> last_packet_ns_{0};
};

/// The level (RFC 6464) that counts as talking in metrics. Selectors judge for themselves.
inline constexpr uint8_t kVoiceLevel = 50;

/// When the current turn of talking began. One writer, any readers.
class TurnMeter {
 public:
  /// [streaming]
  void add(uint8_t level, int64_t now_ns) noexcept {
    if (level > kVoiceLevel) return;
    if (now_ns - last_ns_.load(std::memory_order_relaxed) > kPauseNs) {
      began_ns_.store(now_ns, std::memory_order_relaxed);
    }
    last_ns_.store(now_ns, std::memory_order_relaxed);
  }
  /// 0: the track is silent.
  int64_t began_ns(int64_t now_ns) const noexcept {
    const bool talks = now_ns - last_ns_.load(std::memory_order_relaxed) <= kPauseNs;
    return talks ? began_ns_.load(std::memory_order_relaxed) : 0;
  }

 private:
  static constexpr int64_t kPauseNs = 500 * kNsPerMs;
  std::atomic<int64_t> last_ns_{-kPauseNs - 1}, began_ns_{0};
};

/// One track. Its session writes, the lanes read.
struct TrackFeed {
  TrackFeed(ParticipantId participant_, uint32_t source_number_, sdp::MediaKind kind_,
            bool has_levels_)
      : participant(participant_),
        source_number(source_number_),
        kind(kind_),
        has_levels(has_levels_) {}

  const TrackId id = TrackId::next();
  const ParticipantId participant;
  const uint32_t source_number;
  const sdp::MediaKind kind;
  /// Set before it is shared. Packets of the second type are redundant audio (RFC 2198), whose
  /// blocks are of the first; 0: it has none.
  uint8_t payload_type = 0, red_payload_type = 0;
  /// Set before it is shared. End to end: the server neither reads nor repeats its payloads.
  bool is_encrypted = false;
  /// Its packets carry RFC 6464 levels. Written by the streaming thread.
  std::atomic<bool> has_levels;
  LevelMeter meter;
  TurnMeter turn;
  /// Bit n: lane n has a route for this track. Written by the lanes.
  std::atomic<uint64_t> wanted_lanes{0};
  std::atomic<bool> muted{false};       ///< Written by control; a muted track is not handed over.
  std::atomic<uint64_t> tag{0};         ///< The selector's, of its participant. Written by control.
  std::atomic<TapInbox*> tap{nullptr};  ///< Takes copies; null: no taps. Written by control.
  Counter tap_dropped;                  ///< Packets dropped because the inbox was full.
  Counter packets, bytes;               ///< Received; bytes of payload.
  /// Packets on their way to the server, if the path knows. Written in this order by the thread
  /// that brings the packets, and read in the other.
  std::atomic<int64_t> lost{0}, expected{0};
  /// The loss in 1/65536 that reports to the publisher say at least: see Session::report_loss().
  /// Written by control.
  std::atomic<uint32_t> asked_loss{0};
  /// Packets beyond the track's rates, and beyond its share of a lane's inbox.
  Counter limited;
  /// By lane: its packets that the lane has handled, wrapping. Each lane writes its own.
  std::array<std::atomic<uint32_t>, kMaxLanes> handled{};

  bool is_redundant(const rtp::PacketView& packet) const noexcept {
    return red_payload_type != 0 && packet.payload_type() == red_payload_type;
  }
  /// [lane]
  void count_handled(uint32_t lane) noexcept {
    const uint32_t before = handled[lane].load(std::memory_order_relaxed);
    handled[lane].store(before + 1, std::memory_order_relaxed);
  }
};

/// One room.
struct RoomFeed {
  explicit RoomFeed(RoomId id_) : id(id_) {}

  const RoomId id;
  /// The home lane runs the room's selection. The thread that sets it posts the wake-up.
  std::atomic<bool> awake{false};
  std::atomic<uint64_t> version{0};  ///< Grows with each change of slots or speakers.
};

}  // namespace veche::media
