// SPDX-License-Identifier: Apache-2.0
// Turns loud packets into speeches.
#include "recording/track/speech_index.hpp"

#include <algorithm>

#include "recording/clock.hpp"

namespace veche::recording {
namespace {

/// In -dBov. Quieter sound is never speech, however silent the background.
constexpr uint8_t kGate = 50;
/// Speech is this much louder than the noise...
constexpr uint8_t kOverNoise = 9;
/// ...but sound louder than this is never noise, however steady.
constexpr uint8_t kMostNoise = 45;
/// Comfort noise of discontinuous transmission is not larger.
constexpr size_t kSilentBytes = 8;
constexpr int64_t kBeginNs = 60 * kNsPerMs, kWithinNs = 100 * kNsPerMs, kEndNs = 600 * kNsPerMs;
/// A packet counts for the time since the previous one, unless that is a pause.
constexpr int64_t kPacketNs = 20 * kNsPerMs, kLongestPacketNs = 60 * kNsPerMs;
constexpr int64_t kHalfNs = 500 * kNsPerMs;

}  // namespace

void SpeechIndex::NoiseFloor::add(uint8_t level, int64_t span_ns) noexcept {
  current_ = filled_ns_ > 0 ? std::max(current_, level) : level;
  filled_ns_ += span_ns;
  if (filled_ns_ < kWindowNs) return;
  filled_ns_ = 0;
  windows_[next_] = current_;
  next_ = (next_ + 1) % windows_.size();
  count_ = std::min(count_ + 1, windows_.size());
}

uint8_t SpeechIndex::NoiseFloor::quietest() const noexcept {
  // A fan cannot be told from a soft voice yet, so a soft voice has to wait.
  if (count_ == 0) return kMostNoise;
  const auto end = windows_.begin() + static_cast<std::ptrdiff_t>(count_);
  const uint8_t oldest = *std::max_element(windows_.begin(), end);
  return filled_ns_ > 0 ? std::max(oldest, current_) : oldest;
}

void SpeechIndex::push(std::optional<uint8_t> level, size_t payload_bytes, int64_t time_ns) {
  const int64_t since_ns = last_ns_ ? time_ns - *last_ns_ : 0;
  const int64_t span_ns = since_ns > 0 && since_ns <= kLongestPacketNs ? since_ns : kPacketNs;
  last_ns_ = time_ns;
  advance(time_ns);
  if (level) floor_.add(*level, span_ns);
  if (is_loud(level, payload_bytes)) hear(time_ns, span_ns);
  const int64_t half = time_ns / kHalfNs;
  if (half != peak_half_) {
    peaks_[1] = half == peak_half_ + 1 ? peaks_[0] : 127;
    peaks_[0] = 127;
    peak_half_ = half;
  }
  peaks_[0] = std::min<uint8_t>(peaks_[0], level.value_or(127));
}

bool SpeechIndex::is_loud(std::optional<uint8_t> level, size_t payload_bytes) const noexcept {
  if (!level) return payload_bytes > kSilentBytes;
  const uint8_t noise = std::max(floor_.quietest(), kMostNoise);
  return *level <= std::min<int>(kGate, noise - kOverNoise);
}

void SpeechIndex::hear(int64_t time_ns, int64_t span_ns) {
  if (is_speaking_) {
    loud_until_ns_ = time_ns + span_ns;
    return;
  }
  recent_.push_back({time_ns, span_ns});
  while (recent_.front().time_ns + kWithinNs < time_ns + span_ns) {
    if (recent_.size() == 1) break;
    recent_.pop_front();
  }
  int64_t loud_ns = 0;
  for (const Loud& loud : recent_) loud_ns += loud.span_ns;
  if (loud_ns < kBeginNs) return;
  is_speaking_ = true;
  began_ns_ = recent_.front().time_ns;
  loud_until_ns_ = time_ns + span_ns;
  recent_.clear();
}

void SpeechIndex::advance(int64_t time_ns) {
  if (is_speaking_ && time_ns - loud_until_ns_ > kEndNs) close();
}

void SpeechIndex::close() {
  if (!is_speaking_) return;
  is_speaking_ = false;
  if (entries_.size() == kMaxEntries) {
    ++more_;
    return;
  }
  entries_.push_back({participant_, {began_ns_ / kNsPerMs, loud_until_ns_ / kNsPerMs}});
}

int SpeechIndex::level_dbov(int64_t now_ns) const noexcept {
  const int64_t age = now_ns / kHalfNs - peak_half_;
  uint8_t peak = 127;
  if (age <= 1) peak = peaks_[0];
  if (age <= 0) peak = std::min(peak, peaks_[1]);
  return -int{peak};
}

}  // namespace veche::recording
