// SPDX-License-Identifier: Apache-2.0
// A queue behind a mutex, which tap threads hold for the time of a move.
#include "recording/recorder/recorder_queue.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace veche::recording {
namespace {

size_t size_of(const TrackPacket& packet) {
  return sizeof(QueueItem) + packet.packet.payload.capacity();
}

}  // namespace

void RecorderQueue::push(QueueItem item) {
  const std::lock_guard lock(mutex_);
  items_.push_back(std::move(item));
  arrived_.notify_one();
}

bool RecorderQueue::push(TrackPacket packet) {
  const size_t size = size_of(packet);
  const std::lock_guard lock(mutex_);
  if (bytes_ + size > max_bytes_) {
    const int64_t at_ns = packet.packet.arrival_ns;
    if (!overflow_) overflow_ = Overflow{at_ns, at_ns, 0};
    overflow_->end_ns = std::max(overflow_->end_ns, at_ns);
    ++overflow_->packets;
    return false;
  }
  bytes_ += size;
  items_.push_back(std::move(packet));
  // The recorder takes several times a second, so packets do not wake it.
  return true;
}

RecorderQueue::Batch RecorderQueue::take(uint32_t wait_ms) {
  std::unique_lock lock(mutex_);
  const auto is_urgent = [this] {
    return !items_.empty() && !std::holds_alternative<TrackPacket>(items_.back());
  };
  arrived_.wait_for(lock, std::chrono::milliseconds(wait_ms), is_urgent);
  Batch batch{std::move(items_), overflow_};
  items_.clear();
  overflow_.reset();
  bytes_ = 0;
  return batch;
}

}  // namespace veche::recording
