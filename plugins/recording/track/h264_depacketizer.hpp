// SPDX-License-Identifier: Apache-2.0
// Assembles access units of H.264 from RTP packets in the form of Matroska: with lengths, and avcC.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recording/track/gst_depacketizer.hpp"
#include "recording/track/h264_assembler.hpp"

namespace veche::recording {

class H264Depacketizer final : public GstDepacketizer {
 public:
  /// `fmtp`: may have the parameter sets, if they do not come in the stream.
  explicit H264Depacketizer(const std::string& fmtp);

  void push(const Packet& packet, int64_t time_ns, uint64_t lost, std::vector<Frame>& out) override;

 private:
  void finish(int64_t time_ns, std::vector<Frame>& out);

  H264Assembler assembler_;
  int64_t unit_time_ns_ = 0;
};

}  // namespace veche::recording
