// SPDX-License-Identifier: Apache-2.0
// Mixes the audio of all participants into one Opus stream that is continuous from the beginning of
// the recording.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "recording/mix/mix_buffer.hpp"
#include "recording/mix/mix_encoder.hpp"
#include "recording/mix/track_sound.hpp"
#include "recording/track/format.hpp"

namespace veche::recording {

struct MixCounters {
  uint64_t decoded = 0;    ///< Frames that cost time; silence does not.
  uint64_t malformed = 0;  ///< Frames that are not Opus, taken as silence.
  uint64_t late = 0;       ///< Frames for a time that was already encoded.
  uint64_t early = 0;      ///< Frames further ahead than MixBuffer::kWindowSamples.
};

/// On the recording's thread only. Throws Failure, after which the mix has ended.
class Mixer {
 public:
  explicit Mixer(const MixSettings& settings);

  /// Opus frames of one track, in order. One of two bytes or fewer is a loss and is concealed for
  /// its duration. False if the frame came too late or too early.
  bool push(uint64_t track, const Frame& frame);
  /// Frames of a track, which has not been removed, that were no Opus.
  uint64_t malformed_of(uint64_t track) const;
  /// Appends the packets that are complete once all tracks have pushed their frames up to
  /// `time_ns`: those that end delay_ns() earlier. To get all of the last sound, pass the end plus
  /// delay_ns() plus a block.
  void advance(int64_t time_ns, std::vector<Frame>& out);
  /// The track has ended. The sound that it has pushed stays.
  void remove(uint64_t track);

  int64_t delay_ns() const noexcept;
  /// Without a pre-skip: the position of a sample is its time.
  Format format() const;
  MixCounters counters() const;

 private:
  MixSettings settings_;
  MixEncoder encoder_;
  MixBuffer buffer_;
  std::vector<float> block_;
  std::map<uint64_t, TrackSound> tracks_;
  MixCounters counters_;  // Without those of tracks_.
  int64_t next_block_ = 0;
};

}  // namespace veche::recording
