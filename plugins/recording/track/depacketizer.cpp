// SPDX-License-Identifier: Apache-2.0
// Which depacketizer a codec has.
#include "recording/track/depacketizer.hpp"

#include "recording/track/av1_depacketizer.hpp"
#include "recording/track/h264_depacketizer.hpp"
#include "recording/track/opus_depacketizer.hpp"
#include "recording/track/vpx_depacketizer.hpp"

namespace veche::recording {

std::unique_ptr<Depacketizer> make_depacketizer(const std::string& codec, const std::string& fmtp,
                                                uint32_t clock_rate, uint32_t channels) {
  constexpr uint32_t kVideoRate = 90'000;
  if (codec == "opus" && clock_rate == kOpusRate)
    return std::make_unique<OpusDepacketizer>(channels);
  if (clock_rate != kVideoRate) return nullptr;
  if (codec == "av1") return std::make_unique<Av1Depacketizer>();
  if (codec == "h264") return std::make_unique<H264Depacketizer>(fmtp);
  if (codec == "vp8") return std::make_unique<VpxDepacketizer>(Codec::Vp8);
  if (codec == "vp9") return std::make_unique<VpxDepacketizer>(Codec::Vp9);
  return nullptr;
}

}  // namespace veche::recording
