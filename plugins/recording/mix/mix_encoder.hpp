// SPDX-License-Identifier: Apache-2.0
// Makes Opus packets of 20 ms from the mix, one for each block, so that the place of a packet is
// its time.
#pragma once

#include <opus.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "recording/mix/limiter.hpp"

namespace veche::recording {

struct MixSettings {
  int32_t bitrate_bps = 48'000;  ///< 6000 to 510000
  uint32_t channels = 1;         ///< 1 or 2
};

class MixEncoder {
 public:
  /// Throws Failure if libopus makes no such encoder.
  explicit MixEncoder(const MixSettings& settings);

  /// So many samples later sound comes out of a decoder than it went in here. The mix is read so
  /// far ahead, and no player needs to know.
  int64_t delay_samples() const noexcept { return delay_samples_; }
  /// The next packet. `block` is 20 ms, interleaved, and is changed; `silent`: it is all zeros.
  std::vector<uint8_t> encode(std::span<float> block, bool silent);

 private:
  struct Destroy {
    void operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
  };

  std::unique_ptr<OpusEncoder, Destroy> encoder_;
  uint32_t channels_;
  Limiter limiter_;
  int64_t delay_samples_;
  int silent_blocks_;
};

}  // namespace veche::recording
