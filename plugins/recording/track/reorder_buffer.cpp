// SPDX-License-Identifier: Apache-2.0
// Extends sequence numbers, and maps them to the packets that wait for an earlier one.
#include "recording/track/reorder_buffer.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace veche::recording {
namespace {

int16_t distance(uint16_t from, uint16_t to) { return static_cast<int16_t>(to - from); }

}  // namespace

void ReorderBuffer::push(Packet&& packet) {
  if (!started_) {
    started_ = true;
    highest_sequence_ = packet.sequence;
    last_arrival_ns_ = packet.arrival_ns;
  }
  const int64_t pause_ns = packet.arrival_ns - last_arrival_ns_;
  last_arrival_ns_ = packet.arrival_ns;
  if (std::exchange(is_new_source_, false)) {
    if (std::exchange(stray_, std::nullopt)) ++refused_;
    insert(number_after_all(), std::move(packet));
    return;
  }
  const int16_t ahead = distance(highest_sequence_, packet.sequence);
  if (pause_ns > kPauseNs && (ahead <= 0 || ahead > kRestart)) {
    if (std::exchange(stray_, std::nullopt)) ++refused_;
    insert(number_after_all(), std::move(packet));
    return;
  }
  if (std::abs(ahead) > kRestart) {
    restart(std::move(packet));
    return;
  }
  if (stray_) {
    ++refused_;
    stray_.reset();
  }
  insert(highest_ + ahead, std::move(packet));
}

/// The first stray waits for a second one. The numbers then go on without a gap, because the number
/// of packets missing between the two streams is unknown.
void ReorderBuffer::restart(Packet&& packet) {
  if (!stray_ || std::abs(distance(stray_->sequence, packet.sequence)) > kRestart) {
    if (stray_) ++refused_;
    stray_ = std::move(packet);
    return;
  }
  Packet first = *std::exchange(stray_, std::nullopt);
  if (first.sequence == packet.sequence) {
    ++duplicate_;
    stray_ = std::move(first);
    return;
  }
  if (distance(first.sequence, packet.sequence) < 0) std::swap(first, packet);
  const int16_t apart = distance(first.sequence, packet.sequence);
  const int64_t number = number_after_all();
  insert(number, std::move(first));
  insert(number + apart, std::move(packet));
}

void ReorderBuffer::insert(int64_t number, Packet&& packet) {
  if (number < next_) {
    const bool known = next_ - number <= int64_t{kHistory} && popped_[size_t(number) % kHistory];
    ++(known ? duplicate_ : late_);
    return;
  }
  if (packets_.contains(number)) {
    ++duplicate_;
    return;
  }
  if (is_full()) {
    ++refused_;
    return;
  }
  if (number >= highest_) {
    highest_ = number;
    highest_sequence_ = packet.sequence;
  }
  bytes_ += packet.payload.size();
  packets_.emplace(number, std::move(packet));
}

std::optional<ReorderBuffer::Ordered> ReorderBuffer::pop(int64_t now_ns) {
  if (packets_.empty()) return std::nullopt;
  const auto first = packets_.begin();
  if (first->first != next_ && !is_full() && now_ns < *next_deadline_ns()) return std::nullopt;
  Ordered ordered{std::move(first->second), static_cast<uint64_t>(first->first - next_)};
  for (int64_t i = std::max(next_, first->first - int64_t{kHistory}); i < first->first; ++i) {
    popped_.reset(size_t(i) % kHistory);
  }
  popped_.set(size_t(first->first) % kHistory);
  next_ = first->first + 1;
  bytes_ -= ordered.packet.payload.size();
  packets_.erase(first);
  return ordered;
}

std::optional<int64_t> ReorderBuffer::next_deadline_ns() const {
  if (packets_.empty()) return std::nullopt;
  // Not the first one's: a late packet does not make the others wait longer.
  int64_t since_ns = packets_.begin()->second.arrival_ns;
  for (const auto& [number, packet] : packets_) since_ns = std::min(since_ns, packet.arrival_ns);
  return since_ns + hold_ns_;
}

}  // namespace veche::recording
