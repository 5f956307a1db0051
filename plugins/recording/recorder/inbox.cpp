// SPDX-License-Identifier: Apache-2.0
// A queue behind a mutex: tap threads hold it for a move.
#include "recording/recorder/inbox.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace veche::recording {
namespace {

size_t size_of(const TrackPacket& packet) {
  return sizeof(Message) + packet.packet.payload.capacity();
}

}  // namespace

void Inbox::push(Message message) {
  const std::lock_guard lock(mutex_);
  messages_.push_back(std::move(message));
  arrived_.notify_one();
}

bool Inbox::push(TrackPacket packet) {
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
  messages_.push_back(std::move(packet));
  // The recorder looks several times a second: packets do not wake it.
  return true;
}

Inbox::Batch Inbox::take(uint32_t wait_ms) {
  std::unique_lock lock(mutex_);
  const auto is_urgent = [this] {
    return !messages_.empty() && !std::holds_alternative<TrackPacket>(messages_.back());
  };
  arrived_.wait_for(lock, std::chrono::milliseconds(wait_ms), is_urgent);
  Batch batch{std::move(messages_), overflow_};
  messages_.clear();
  overflow_.reset();
  bytes_ = 0;
  return batch;
}

}  // namespace veche::recording
