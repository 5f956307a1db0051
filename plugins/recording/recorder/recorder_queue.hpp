// SPDX-License-Identifier: Apache-2.0
// Packets and news of tracks on their way to a recorder's thread, in order. Packets are bounded by
// their bytes: a stalled disk loses packets here, and nowhere else.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "recording/track/packet.hpp"

namespace veche::recording {

/// A track as its tap describes it.
struct TrackInfo {
  uint64_t track = 0;
  std::string participant, name;
  std::string kind;  ///< "audio" or "video"
  std::string codec, fmtp;
  uint32_t clock_rate = 0, channels = 0;
  bool is_encrypted = false;  ///< End to end.
  /// Packets in the track's stream that are not the track's own. Shared: the tap counts, recorders
  /// read. Null: not counted.
  std::shared_ptr<const std::atomic<uint64_t>> foreign;
};

struct TrackBegins {
  TrackInfo info;
};
struct TrackPacket {
  uint64_t track = 0;
  Packet packet;
};
struct TrackEnds {
  uint64_t track = 0;
  uint64_t dropped = 0;  ///< Packets that the tap dropped.
  std::string why;       ///< The tap has failed; "": it has not.
};
struct MuteChanged {
  std::string participant;
  bool muted = false;
  int64_t at_ns = 0;
};
struct StopRequested {
  std::string ended_by;
};

using QueueItem = std::variant<TrackBegins, TrackPacket, TrackEnds, MuteChanged, StopRequested>;

/// The time in which packets did not fit, on the monotonic clock.
struct Overflow {
  int64_t start_ns = 0, end_ns = 0;
  uint64_t packets = 0;
};

/// [any] Any number of threads push, one takes.
class RecorderQueue {
 public:
  struct Batch {
    std::deque<QueueItem> items;
    std::optional<Overflow> overflow;  ///< Happened after these items.
  };

  explicit RecorderQueue(size_t max_bytes) : max_bytes_(max_bytes) {}
  RecorderQueue(const RecorderQueue&) = delete;
  RecorderQueue& operator=(const RecorderQueue&) = delete;

  /// Always succeeds.
  void push(QueueItem item);
  /// False if the packet does not fit; the next batch reports it as an overflow.
  bool push(TrackPacket packet);
  /// Takes everything; waits at most `wait_ms` for something other than packets.
  Batch take(uint32_t wait_ms);

 private:
  const size_t max_bytes_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<QueueItem> items_;
  size_t bytes_ = 0;
  std::optional<Overflow> overflow_;
};

}  // namespace veche::recording
