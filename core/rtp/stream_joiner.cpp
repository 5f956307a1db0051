// SPDX-License-Identifier: Apache-2.0
// Shifts sequence numbers and timestamps so that a new source begins where the former one ended.
#include "rtp/stream_joiner.hpp"

#include <algorithm>

#include "base/big_endian.hpp"
#include "base/time.hpp"
#include "rtp/sequence.hpp"

namespace veche::rtp {
namespace {

/// More packets than the network reorders.
constexpr uint8_t kSettling = 64;
constexpr int64_t kFrameNs = 20 * kNsPerMs;  // Opus' default.

}  // namespace

StreamJoiner::StreamJoiner(std::optional<uint32_t> ssrc, uint32_t clock_rate) noexcept
    : ssrc_(ssrc), clock_rate_(clock_rate) {}

std::optional<PacketView> StreamJoiner::join(const PacketView& packet, int64_t arrival_ns,
                                             std::span<uint8_t> memory) noexcept {
  const bool is_first = !started_;
  const bool begins = is_first || packet.ssrc() != source_;
  if (is_late(packet, arrival_ns)) return std::nullopt;
  if (is_first) {
    begin_stream(packet);
  } else if (begins) {
    begin_source(packet, arrival_ns);
  }
  const auto sequence = static_cast<uint16_t>(packet.sequence() + sequence_offset_);
  const uint32_t timestamp = packet.timestamp() + timestamp_offset_;
  if (begins || distance(newest_, sequence) > 0) {
    newest_ = sequence;
    newest_timestamp_ = timestamp;
    newest_arrival_ns_ = arrival_ns;
  }
  if (unchanged_) return packet;
  const std::span<const uint8_t> bytes = packet.bytes();
  if (bytes.size() > memory.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), memory.begin());
  if (begins && !is_first) memory[1] |= 0x80;
  write_u16(&memory[2], sequence);
  write_u32(&memory[4], timestamp);
  write_u32(&memory[8], *ssrc_);
  return packet.of_copy(memory.data());
}

bool StreamJoiner::is_late(const PacketView& packet, int64_t arrival_ns) noexcept {
  if (!started_) return false;
  if (packet.ssrc() != source_) {
    return packet.ssrc() == former_ && arrival_ns - newest_arrival_ns_ < kLateNs;
  }
  if (settling_ == 0) return false;
  --settling_;
  return distance(first_, packet.sequence()) < 0;
}

void StreamJoiner::begin_stream(const PacketView& packet) noexcept {
  started_ = true;
  source_ = former_ = packet.ssrc();
  if (!ssrc_) ssrc_ = source_;
  unchanged_ = *ssrc_ == source_;
}

void StreamJoiner::begin_source(const PacketView& packet, int64_t arrival_ns) noexcept {
  former_ = source_;
  source_ = packet.ssrc();
  first_ = packet.sequence();
  settling_ = kSettling;
  unchanged_ = false;
  const int64_t elapsed_ns = std::max<int64_t>(0, arrival_ns - newest_arrival_ns_);
  // Whole frames, because the jitter of two arrivals is no time.
  const int64_t frames = std::max<int64_t>(1, (elapsed_ns + kFrameNs / 2) / kFrameNs);
  const auto frame_ticks = static_cast<uint32_t>(int64_t{clock_rate_} * kFrameNs / kNsPerS);
  sequence_offset_ = static_cast<uint16_t>(newest_ + 1 - packet.sequence());
  timestamp_offset_ =
      newest_timestamp_ + static_cast<uint32_t>(frames) * frame_ticks - packet.timestamp();
}

}  // namespace veche::rtp
