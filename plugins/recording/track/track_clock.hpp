// SPDX-License-Identifier: Apache-2.0
// Says when, since the recording began, a track's RTP timestamp was captured.
#pragma once

#include <cstdint>

#include "recording/track/delay_envelope.hpp"
#include "recording/track/packet.hpp"

namespace veche::recording {

/// Two measurements of each packet are followed by an envelope: its arrival, and its capture by the
/// publisher's sender reports, where there are any. The capture is taken while it is plausible: it
/// is the same for all tracks of a participant, which keeps lips in sync. Both are too late by the
/// shortest way through the network, which is unknown.
///
/// Changes are followed smoothly: at 5 ms in a second, faster if they are large. Only a sender that
/// restarted, or stalled for more than a second, moves the time at once. One thread.
class TrackClock {
 public:
  /// `origin_ns`: the beginning of the recording by the clock of Packet::arrival_ns.
  TrackClock(uint32_t clock_rate, int64_t origin_ns) noexcept;

  /// Each packet as it arrives, before it is reordered. `span_ns`: how long the sound in it lasts,
  /// because its first sample is that much older than the packet; 0 for video.
  void observe(const Packet& packet, int64_t span_ns = 0) noexcept;

  /// Of a packet that was observed within the last seconds. Does not fall as the timestamps rise,
  /// and is never after the last arrival; below 0: before the recording began.
  int64_t time_ns(uint32_t timestamp) noexcept;

  /// The next packet is of another source, or of one whose timestamps turned out to count
  /// `clock_rate` a second: its time is found anew. Nothing older will be asked for.
  void begin_source(uint32_t clock_rate) noexcept;

  uint64_t restarts() const noexcept { return restarts_; }

 private:
  /// Timestamps that count on, and what they are on our clock.
  struct Line {
    uint32_t last_timestamp = 0;
    int64_t last_ticks = 0;  ///< The newest, without wrap-around.
    int64_t offset_ns = 0;   ///< To be added to the ticks' time.
    int64_t ticks(uint32_t timestamp) const noexcept {
      return last_ticks + static_cast<int32_t>(timestamp - last_timestamp);
    }
  };

  int64_t ticks_ns(int64_t ticks) const noexcept;
  void begin_line(const Packet& packet, int64_t arrival_ns) noexcept;
  void judge_steps() noexcept;
  int64_t target_ns() const noexcept;
  void slew(int64_t elapsed_ns) noexcept;

  uint32_t clock_rate_;
  int64_t origin_ns_;
  bool is_started_ = false;
  Line line_, before_;  ///< Before: what may still be asked for after a restart.
  bool has_before_ = false;
  bool is_new_source_ = false;
  int64_t line_began_ns_ = 0;
  int64_t now_ns_ = 0;  ///< The newest arrival.
  DelayEnvelope arrivals_, captures_;
  uint64_t restarts_ = 0;

  bool has_said_ = false;
  int64_t said_ticks_ = 0, said_ns_ = 0;  ///< The newest answer.
};

}  // namespace veche::recording
