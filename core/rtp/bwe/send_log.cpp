// SPDX-License-Identifier: Apache-2.0
// Matches feedback with what was sent, whatever the feedback says.
#include "rtp/bwe/send_log.hpp"

#include <algorithm>
#include <utility>

#include "rtp/sequence.hpp"

namespace veche::rtp {
namespace {

/// Reference times wrap at 24 bits.
constexpr int64_t kReferenceTurnUs = (int64_t{1} << 24) * TransportFeedbackReader::kReferenceUs;

}  // namespace

uint16_t SendLog::add(uint16_t size, int64_t now_us, uint8_t cluster) noexcept {
  if (now_us - last_sent_us_ > kPauseUs) oldest_ = end_;
  last_sent_us_ = now_us;
  const uint64_t number = end_++;
  if (end_ - oldest_ > kPackets) oldest_ = end_ - kPackets;
  undecided_ = std::max(undecided_, oldest_);
  at(number) = {.sent_us = static_cast<uint32_t>(now_us),
                .size = size,
                .cluster = cluster,
                .status = Status::Sent};
  return static_cast<uint16_t>(first_ + number);
}

int64_t SendLog::sent_us(uint64_t number) noexcept {
  return last_sent_us_ - (static_cast<uint32_t>(last_sent_us_) - at(number).sent_us);
}

std::optional<uint64_t> SendLog::find(uint16_t sequence) const noexcept {
  const auto behind_end = static_cast<uint16_t>(first_ + end_ - sequence);
  if (behind_end == 0 || behind_end > end_ - oldest_) return std::nullopt;
  return end_ - behind_end;
}

PacketResult SendLog::result(uint64_t number, PacketFate fate) noexcept {
  const Entry& entry = at(number);
  return {.sent_us = sent_us(number),
          .sequence = static_cast<uint16_t>(first_ + number),
          .size = entry.size,
          .fate = fate,
          .cluster = entry.cluster};
}

std::optional<PacketResult> SendLog::on_resent(uint16_t sequence) noexcept {
  const std::optional<uint64_t> number = find(sequence);
  if (!number || is_closed(at(*number).status)) return std::nullopt;
  const Status before = std::exchange(at(*number).status, Status::Resent);
  if (before == Status::Lost || before == Status::Unknown) return std::nullopt;
  return result(*number, PacketFate::Lost);
}

int64_t SendLog::extend(int64_t reference_us) noexcept {
  if (!has_feedback_) {
    reference_us_ = extended_us_ = reference_us;
    return extended_us_;
  }
  int64_t step_us = reference_us - reference_us_;
  if (step_us >= kReferenceTurnUs / 2) step_us -= kReferenceTurnUs;
  if (step_us < -kReferenceTurnUs / 2) step_us += kReferenceTurnUs;
  reference_us_ = reference_us;
  extended_us_ += step_us;
  return extended_us_;
}

void SendLog::count(uint8_t feedback_count) noexcept {
  const auto ahead = static_cast<int8_t>(feedback_count - next_feedback_);
  if (has_feedback_ && ahead < 0) return;  // Late, or a duplicate.
  if (has_feedback_) feedback_lost_ += static_cast<uint64_t>(ahead);
  next_feedback_ = static_cast<uint8_t>(feedback_count + 1);
}

void SendLog::cover(uint16_t base, uint16_t statuses) noexcept {
  const int behind_end = distance(base, static_cast<uint16_t>(first_ + end_));
  const int64_t begin = static_cast<int64_t>(end_) - behind_end;
  const int64_t end = std::min(begin + statuses, static_cast<int64_t>(end_));
  if (begin > static_cast<int64_t>(covered_end_) && begin < end) has_gap_ = true;
  for (int64_t number = std::max(begin, static_cast<int64_t>(oldest_)); number < end; ++number) {
    Entry& entry = at(static_cast<uint64_t>(number));
    if (entry.status == Status::Sent) entry.status = Status::Missing;
  }
  if (end > static_cast<int64_t>(covered_end_)) covered_end_ = static_cast<uint64_t>(end);
}

std::span<const PacketResult> SendLog::on_feedback(TransportFeedbackReader feedback,
                                                   Results& room) noexcept {
  count(feedback.feedback_count());
  const int64_t unwrapped_us = extend(feedback.reference_us()) - feedback.reference_us();
  has_feedback_ = true;
  cover(feedback.base_sequence(), feedback.status_count());

  size_t used = 0;
  while (const auto arrival = feedback.next()) {
    const auto number = find(arrival->sequence);
    if (!number) continue;
    Entry& entry = at(*number);
    if (is_closed(entry.status)) continue;
    const bool was_lost = entry.status == Status::Lost;
    PacketResult& told = room[used++];
    told = result(*number, was_lost ? PacketFate::Recovered : PacketFate::Received);
    told.arrival_us = arrival->time_us + unwrapped_us;
    if (!was_lost) told.follows_gap = std::exchange(has_gap_, false);
    entry.status = Status::Received;
    arrived_end_ = std::max(arrived_end_, *number + 1);
  }
  return std::span(room).first(decide(room, used));
}

size_t SendLog::decide(Results& room, size_t used) noexcept {
  if (arrived_end_ <= oldest_) return used;
  const int64_t newest_us = sent_us(arrived_end_ - 1);
  for (; undecided_ < arrived_end_; ++undecided_) {
    Entry& entry = at(undecided_);
    if (is_closed(entry.status)) continue;
    const bool was_overtaken_enough = arrived_end_ - 1 - undecided_ >= kReorderPackets &&
                                      newest_us - sent_us(undecided_) >= kReorderUs;
    if (!was_overtaken_enough) break;
    const bool is_lost = entry.status == Status::Missing;
    room[used++] = result(undecided_, is_lost ? PacketFate::Lost : PacketFate::Unknown);
    entry.status = is_lost ? Status::Lost : Status::Unknown;
  }
  return used;
}

}  // namespace veche::rtp
