// SPDX-License-Identifier: Apache-2.0
// Turns the ordered packets of a track into frames for a container.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recording/track/format.hpp"
#include "recording/track/gap_log.hpp"
#include "recording/track/packet.hpp"

namespace veche::recording {

/// One for each track, on the recording's thread. Times are nanoseconds since the recording began.
class Depacketizer {
 public:
  virtual ~Depacketizer() = default;

  /// The next packet in order. `time_ns`: of its timestamp, from TrackClock; fill_to() has filled
  /// what is seconds before it. `lost`: packets that are missing before it. Appends what became
  /// complete, in order. Throws Failure where the track cannot go on; malformed packets are
  /// counted.
  virtual void push(const Packet& packet, int64_t time_ns, uint64_t lost,
                    std::vector<Frame>& out) = 0;
  /// The track begins here: what was before gets no silence. To be called before anything else.
  virtual void begin_at(int64_t) {}
  /// Nothing before `time_ns` will come any more: sound goes on with silence. The caller stays
  /// behind the clock by what packets may be late. Fills at most kFillStepNs, so that a long pause
  /// does not need memory for all of its silence: true if there is more to fill.
  virtual bool fill_to(int64_t time_ns, std::vector<Frame>& out) = 0;
  static constexpr int64_t kFillStepNs = 6'000'000'000;
  /// How long the sound in a packet lasts, for TrackClock::observe(); 0: not known, or a picture.
  virtual int64_t span_ns(const Packet&) const { return 0; }
  /// Null: not known yet. Of video it may change with a key frame.
  virtual const Format* format() const = 0;

  struct Refused {
    uint64_t malformed = 0;   ///< Packets that break the rules of the codec.
    uint64_t left_out = 0;    ///< Packets without a place in time, and frames before a key frame.
    uint64_t incomplete = 0;  ///< Frames damaged or dropped because of loss.
    bool operator==(const Refused&) const = default;
  };
  const Refused& refused() const noexcept { return refused_; }
  /// The caller calls GapLog::finish() at the end of the track.
  GapLog& gaps() noexcept { return gaps_; }

 protected:
  static constexpr int64_t kShortestVideoGapNs = 2'000'000'000;
  explicit Depacketizer(int64_t shortest_gap_ns) : gaps_(shortest_gap_ns) {}
  Refused refused_;
  GapLog gaps_;
};

/// `codec`, `fmtp`, `clock_rate`, `channels`: as veche_track says them. Null if the codec cannot be
/// recorded. GStreamer has been initialised. Throws Failure if an element of it is missing.
std::unique_ptr<Depacketizer> make_depacketizer(const std::string& codec, const std::string& fmtp,
                                                uint32_t clock_rate, uint32_t channels);

}  // namespace veche::recording
