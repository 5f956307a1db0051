// SPDX-License-Identifier: Apache-2.0
// Keeps the list of missing packets.
#include "rtp/rtcp/nack_generator.hpp"

#include <algorithm>

namespace veche::rtp {

void NackGenerator::on_packet(uint32_t sequence, int64_t now_ns) noexcept {
  if (!started_) {
    started_ = true;
    newest_ = sequence;
    return;
  }
  const auto ahead = static_cast<int32_t>(sequence - newest_);
  if (ahead <= 0) {
    arrived(sequence);
    return;
  }
  const auto gap = static_cast<size_t>(ahead) - 1;
  if (gap > kMaxMissing) {
    count_ = 0;
  } else {
    add_missing(newest_ + 1, gap, now_ns);
  }
  newest_ = sequence;
}

void NackGenerator::arrived(uint32_t sequence) noexcept {
  Missing* const end = list_.data() + count_;
  Missing* const found = std::find_if(
      list_.data(), end, [&](const Missing& missing) { return missing.sequence == sequence; });
  if (found == end) return;
  std::move(found + 1, end, found);
  --count_;
}

void NackGenerator::add_missing(uint32_t first, size_t count, int64_t now_ns) noexcept {
  const size_t free = kMaxMissing - count_;
  if (count > free) {
    const auto given_up = static_cast<ptrdiff_t>(count - free);
    std::move(list_.begin() + given_up, list_.begin() + static_cast<ptrdiff_t>(count_),
              list_.begin());
    count_ -= static_cast<size_t>(given_up);
  }
  for (size_t i = 0; i < count; ++i) {
    list_[count_++] = {.sequence = first + static_cast<uint32_t>(i), .since_ns = now_ns};
  }
}

bool NackGenerator::is_due(const Missing& missing, int64_t now_ns,
                           int64_t repeat_ns) const noexcept {
  if (missing.tries == 0) return now_ns - missing.since_ns >= settings_.reorder_ns;
  return now_ns - missing.asked_ns >= repeat_ns;
}

size_t NackGenerator::collect(int64_t now_ns, int64_t round_trip_ns,
                              std::span<uint16_t> out) noexcept {
  const int64_t repeat_ns = std::max(round_trip_ns, settings_.min_repeat_ns);
  size_t asked = 0;
  size_t kept = 0;
  for (size_t i = 0; i < count_; ++i) {
    Missing missing = list_[i];
    if (now_ns - missing.since_ns > settings_.max_age_ns) continue;
    if (asked < out.size() && is_due(missing, now_ns, repeat_ns)) {
      out[asked++] = static_cast<uint16_t>(missing.sequence);
      missing.asked_ns = now_ns;
      ++missing.tries;
    }
    // After the last try the packet is given up.
    if (missing.tries < settings_.max_tries) list_[kept++] = missing;
  }
  count_ = kept;
  return asked;
}

}  // namespace veche::rtp
