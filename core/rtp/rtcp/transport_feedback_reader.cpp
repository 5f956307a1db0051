// SPDX-License-Identifier: Apache-2.0
// Walks the status chunks and receive deltas of transport-cc feedback.
#include "rtp/rtcp/transport_feedback_reader.hpp"

#include <algorithm>

#include "base/big_endian.hpp"

namespace veche::rtp {
namespace {

constexpr size_t kHeaderSize = 16;  // Including the two SSRCs.
constexpr size_t kChunkSize = 2;

/// The size of the deltas of a chunk's first `count` statuses; nothing if one of them is reserved.
std::optional<size_t> delta_bytes(StatusChunk chunk, size_t count) noexcept {
  const bool is_reserved_run = chunk.is_run() && chunk.at(0) > kLargeDelta;
  if (is_reserved_run) return std::nullopt;
  if (chunk.is_run()) return chunk.at(0) * count;
  size_t sum = 0;
  for (size_t i = 0; i < count; ++i) {
    if (chunk.at(i) > kLargeDelta) return std::nullopt;
    sum += chunk.at(i);
  }
  return sum;
}

}  // namespace

std::optional<TransportFeedbackReader> TransportFeedbackReader::parse(
    const RtcpPacket& packet) noexcept {
  if (packet.kind() != RtcpKind::TransportCc || packet.body.size() < kHeaderSize) {
    return std::nullopt;
  }
  const uint8_t* body = packet.body.data();
  TransportFeedbackReader reader;
  reader.sender_ssrc_ = read_u32(body);
  reader.media_ssrc_ = read_u32(body + 4);
  reader.base_sequence_ = read_u16(body + 8);
  reader.status_count_ = read_u16(body + 10);
  reader.reference_us_ = read_i24(body + 12) * kReferenceUs;
  reader.feedback_count_ = body[15];
  reader.time_us_ = reader.reference_us_;
  reader.rest_ = packet.body.subspan(kHeaderSize);
  if (reader.status_count_ == 0 || !reader.find_deltas()) return std::nullopt;
  return reader;
}

StatusChunk TransportFeedbackReader::chunk_at(size_t at) const noexcept {
  return StatusChunk(read_u16(&rest_[at]));
}

bool TransportFeedbackReader::find_deltas() noexcept {
  size_t covered = 0;
  size_t at = 0;
  size_t deltas = 0;
  while (covered < status_count_) {
    if (rest_.size() - at < kChunkSize) return false;
    const StatusChunk chunk = chunk_at(at);
    const size_t count = std::min(chunk.size(), status_count_ - covered);
    const auto size = delta_bytes(chunk, count);
    if (!size) return false;
    deltas += *size;
    covered += count;
    at += kChunkSize;
  }
  delta_ = at;
  return deltas <= rest_.size() - at;
}

std::optional<TransportFeedbackReader::Arrival> TransportFeedbackReader::next() noexcept {
  while (status_ < status_count_) {
    const StatusChunk chunk = chunk_at(chunk_);
    const size_t chunk_end = chunk_begin_ + chunk.size();
    if (status_ == chunk_end) {
      chunk_begin_ = chunk_end;
      chunk_ += kChunkSize;
      continue;
    }
    const uint8_t status = chunk.at(status_ - chunk_begin_);
    if (status == kNotReceived) {
      status_ = chunk.is_run() ? chunk_end : status_ + 1;
      continue;
    }
    const uint8_t* delta = &rest_[delta_];
    time_us_ += (status == kSmallDelta ? *delta : static_cast<int16_t>(read_u16(delta))) * kTickUs;
    delta_ += status;
    return Arrival{.sequence = static_cast<uint16_t>(base_sequence_ + status_++),
                   .time_us = time_us_};
  }
  return std::nullopt;
}

}  // namespace veche::rtp
