// SPDX-License-Identifier: Apache-2.0
// The sound of one track. Decodes its Opus frames, except those of silence.
#pragma once

#include <opus.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "recording/track/format.hpp"

namespace veche::recording {

class TrackSound {
 public:
  /// How long a loss is concealed before it becomes silence.
  static constexpr int64_t kConcealedSamples = 4800;

  explicit TrackSound(uint32_t channels) : channels_(channels) {}

  /// Interleaved samples, valid until the next call; empty: silence. Throws Failure if no decoder
  /// can be made. A packet that is no Opus is silence.
  std::span<const int16_t> decode(const Frame& frame);

  uint64_t decoded() const noexcept { return decoded_; }
  uint64_t malformed() const noexcept { return malformed_; }

 private:
  struct Destroy {
    void operator()(OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }
  };
  std::span<const int16_t> conceal(int64_t samples);
  std::span<const int16_t> run(const uint8_t* data, int size, int samples);
  void make_decoder();

  uint32_t channels_;
  std::unique_ptr<OpusDecoder, Destroy> decoder_;  // From the first sound on.
  std::vector<int16_t> sound_;
  int64_t concealable_ = 0;  // Samples that may still be concealed.
  bool silent_ = true;       // The last packet was silence.
  uint64_t decoded_ = 0, malformed_ = 0;
};

}  // namespace veche::recording
