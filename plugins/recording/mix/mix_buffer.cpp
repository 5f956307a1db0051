// SPDX-License-Identifier: Apache-2.0
// Adds sound to blocks, and gives them out in order.
#include "recording/mix/mix_buffer.hpp"

#include <algorithm>
#include <cassert>

namespace veche::recording {

MixBuffer::Fit MixBuffer::fit(int64_t position, int64_t samples) const noexcept {
  if (position + samples <= position_) return Fit::Late;
  return position + samples > position_ + kWindowSamples ? Fit::Early : Fit::Within;
}

void MixBuffer::add(int64_t position, std::span<const int16_t> sound) {
  constexpr int64_t kBlock = kBlockSamples;
  constexpr float kScale = 1.0F / 32768;
  const int64_t end = position + static_cast<int64_t>(sound.size() / channels_);
  assert(fit(position, end - position) == Fit::Within);
  const int16_t* from = sound.data();
  if (position < position_) from += (position_ - position) * channels_;
  for (int64_t at = std::max(position, position_); at < end;) {
    const int64_t offset = (at - position_) % kBlock;
    std::vector<float>& block = blocks_[at - offset];
    block.resize(kBlockSamples * channels_);
    const int64_t count = std::min(kBlock - offset, end - at);
    float* to = block.data() + offset * channels_;
    for (int64_t i = 0; i < count * channels_; ++i) to[i] += static_cast<float>(*from++) * kScale;
    at += count;
  }
}

bool MixBuffer::take(std::span<float> block) noexcept {
  const auto found = blocks_.find(position_);
  position_ += kBlockSamples;
  if (found == blocks_.end()) {
    std::fill(block.begin(), block.end(), 0.0F);
    return false;
  }
  std::copy(found->second.begin(), found->second.end(), block.begin());
  blocks_.erase(found);
  return true;
}

}  // namespace veche::recording
