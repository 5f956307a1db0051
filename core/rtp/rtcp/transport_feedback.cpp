// SPDX-License-Identifier: Apache-2.0
// Collects arrivals and encodes them as status chunks and receive deltas.
#include "rtp/rtcp/transport_feedback.hpp"

#include <algorithm>
#include <limits>

#include "base/big_endian.hpp"
#include "base/time.hpp"
#include "rtp/rtcp/status_chunk.hpp"

namespace veche::rtp {
namespace {

constexpr int64_t kTickNs = 250'000;
constexpr int kTicksPerReferenceBits = 8;  // 64 ms are 256 ticks.
constexpr size_t kFixedSize = 8;           // From base sequence number to feedback packet count.
constexpr size_t kMaxPadding = 3;

/// The chunk that covers most statuses: a run, if it covers no fewer than a vector.
StatusChunk best_chunk(std::span<const uint8_t> statuses, size_t& covered) noexcept {
  const auto other = std::find_if(statuses.begin(), statuses.end(),
                                  [&](uint8_t status) { return status != statuses.front(); });
  const auto run = static_cast<size_t>(other - statuses.begin());
  const auto head = statuses.first(std::min(statuses.size(), StatusChunk::kOneBitSymbols));
  const auto large = std::find(head.begin(), head.end(), kLargeDelta);
  const size_t in_vector = large == head.end() ? head.size() : StatusChunk::kTwoBitSymbols;
  if (run >= std::min(in_vector, statuses.size())) {
    covered = std::min(run, StatusChunk::kMaxRun);
    return StatusChunk::run(statuses.front(), covered);
  }
  covered = std::min(in_vector, statuses.size());
  const auto part = statuses.first(covered);
  return large == head.end() ? StatusChunk::one_bit_vector(part)
                             : StatusChunk::two_bit_vector(part);
}

/// Chunks cover at least this many statuses, or all that remain.
constexpr size_t max_chunks_size(size_t statuses) noexcept {
  constexpr size_t kLeast = StatusChunk::kTwoBitSymbols;
  return (statuses + kLeast - 1) / kLeast * 2;
}

}  // namespace

struct TransportFeedback::Draft {
  std::array<uint8_t, kWindow> statuses;
  std::array<uint8_t, size_t{2} * kWindow> deltas;
  size_t status_count = 0;  ///< Up to the last packet that arrived.
  size_t deltas_size = 0;
  uint32_t reference = 0;  ///< In units of 64 ms.

  void add(size_t index, int32_t delta) noexcept {
    const bool small = delta >= 0 && delta <= std::numeric_limits<uint8_t>::max();
    statuses[index] = small ? kSmallDelta : kLargeDelta;
    if (small) {
      deltas[deltas_size] = static_cast<uint8_t>(delta);
    } else {
      write_u16(&deltas[deltas_size], static_cast<uint16_t>(delta));
    }
    deltas_size += statuses[index];
    status_count = index + 1;
  }
};

void TransportFeedback::record(uint16_t sequence, int64_t arrival_ns) noexcept {
  const uint32_t extended = extender_.extend(sequence);
  if (!started_) {
    started_ = true;
    next_ = newest_ = extended;
  }
  const int32_t distance = ahead(extended, newest_);
  if (distance <= -static_cast<int32_t>(kWindow)) return;
  if (distance > 0) newest_ = extended;
  const uint32_t oldest = newest_ - (kWindow - 1);
  if (distance > static_cast<int32_t>(kWindow)) {
    next_ = extended;
  } else if (ahead(oldest, next_) > 0) {
    next_ = oldest;
  }
  if (find(extended) != nullptr) return;
  entries_[extended % kWindow] = {.sequence = extended,
                                  .arrival = static_cast<uint32_t>(arrival_ns / kTickNs)};
  if (ahead(next_, extended) > 0) next_ = extended;
}

const TransportFeedback::Entry* TransportFeedback::find(uint32_t sequence) const noexcept {
  const Entry& entry = entries_[sequence % kWindow];
  return entry.sequence == sequence ? &entry : nullptr;
}

void TransportFeedback::collect(size_t room, Draft& draft) const noexcept {
  const auto most = static_cast<size_t>(ahead(newest_ + 1, next_));
  uint32_t time = 0;
  for (size_t i = 0; i < most; ++i) {
    const Entry* entry = find(next_ + static_cast<uint32_t>(i));
    draft.statuses[i] = kNotReceived;
    if (entry == nullptr) continue;
    if (draft.status_count == 0) {
      draft.reference = entry->arrival >> kTicksPerReferenceBits;
      time = draft.reference << kTicksPerReferenceBits;
    }
    const auto delta = static_cast<int32_t>(entry->arrival - time);
    const bool fits = delta >= std::numeric_limits<int16_t>::min() &&
                      delta <= std::numeric_limits<int16_t>::max() &&
                      max_chunks_size(i + 1) + draft.deltas_size + 2 <= room;
    if (!fits) return;
    draft.add(i, delta);
    time = entry->arrival;
  }
}

bool TransportFeedback::write(RtcpWriter& out, uint32_t sender_ssrc, uint32_t media_ssrc) noexcept {
  if (!pending() || out.room() < kMinRoom) return false;
  Draft draft;
  std::array<uint8_t, kFixedSize + max_chunks_size(kWindow) + sizeof draft.deltas> information;
  collect(out.room() - kRtcpHeaderSize - kFeedbackHeaderSize - kFixedSize - kMaxPadding, draft);

  write_u16(&information[0], static_cast<uint16_t>(next_));
  write_u16(&information[2], static_cast<uint16_t>(draft.status_count));
  write_u24(&information[4], draft.reference);
  information[7] = feedback_count_++;
  size_t at = kFixedSize;
  for (size_t begin = 0, covered = 0; begin < draft.status_count; begin += covered) {
    const auto rest = std::span(draft.statuses).subspan(begin, draft.status_count - begin);
    write_u16(&information[at], best_chunk(rest, covered).word());
    at += 2;
  }
  std::copy_n(draft.deltas.begin(), draft.deltas_size, &information[at]);
  at += draft.deltas_size;
  next_ += static_cast<uint32_t>(draft.status_count);
  return out.add_transport_feedback(sender_ssrc, media_ssrc, std::span(information).first(at));
}

}  // namespace veche::rtp
