// SPDX-License-Identifier: Apache-2.0
// Makes one continuous stream of Opus from the recording's beginning out of a track's packets.
#pragma once

#include <cstdint>
#include <vector>

#include "recording/track/depacketizer.hpp"
#include "recording/track/opus_packet.hpp"

namespace veche::recording {

/// Decodes and encodes nothing. A packet follows the previous one directly if its time is within
/// kToleranceNs of that, so that a slow correction of the clock cuts nothing. A gap is filled with
/// concealment after a short loss, else with silence; to catch up, packets are left out, those
/// without speech first.
class OpusDepacketizer final : public Depacketizer {
 public:
  static constexpr int64_t kToleranceNs = 10'000'000;
  static constexpr int64_t kMostEarlyNs = 20'000'000;

  explicit OpusDepacketizer(uint32_t channels);

  void push(const Packet& packet, int64_t time_ns, uint64_t lost, std::vector<Frame>& out) override;
  void begin_at(int64_t time_ns) override;
  bool fill_to(int64_t time_ns, std::vector<Frame>& out) override;
  int64_t span_ns(const Packet& packet) const override;
  const Format* format() const override { return &format_; }

 private:
  bool leaves_out(const Packet& packet, const OpusPacket& opus, int64_t at) const;
  void conceal(int64_t samples, std::vector<Frame>& out);
  void fill_silence(int64_t samples, std::vector<Frame>& out);
  void append(std::vector<uint8_t> bytes, uint32_t samples, bool is_filler,
              std::vector<Frame>& out);

  Format format_;
  int64_t end_ = 0;    ///< Samples so far.
  int64_t heard_ = 0;  ///< Where the silence at the end begins.
  OpusPacket last_;    ///< Of the track; without samples: none yet.
  bool is_after_silence_ = true;
};

}  // namespace veche::recording
