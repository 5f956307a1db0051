// SPDX-License-Identifier: Apache-2.0
// Assembles frames of VP8 and VP9 from RTP packets with GStreamer's depayloaders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "recording/track/gst_depacketizer.hpp"

namespace veche::recording {

class VpxDepacketizer final : public GstDepacketizer {
 public:
  /// Of one frame; longer ones are dropped.
  static constexpr size_t kMaxFrameBytes = 8 << 20;

  /// `codec`: Vp8 or Vp9.
  explicit VpxDepacketizer(Codec codec);

  void push(const Packet& packet, int64_t time_ns, uint64_t lost, std::vector<Frame>& out) override;

 private:
  uint16_t sequence_ = 0;  ///< Of the packets that the depayloader sees.
  size_t held_bytes_ = 0;  ///< Of a frame that is not complete.
};

}  // namespace veche::recording
