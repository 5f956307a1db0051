// SPDX-License-Identifier: Apache-2.0
// Makes an Opus packet of each 20 ms block of the mix, so that the position of a packet is its
// time.
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
  /// Throws Failure if libopus cannot make such an encoder.
  explicit MixEncoder(const MixSettings& settings);

  /// The samples by which a decoder's output lags behind encode(). The mix is read this far ahead,
  /// so that players need not know.
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
