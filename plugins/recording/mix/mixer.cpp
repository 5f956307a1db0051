// SPDX-License-Identifier: Apache-2.0
// From the tracks' frames to the buffer, and from there to the encoder.
#include "recording/mix/mixer.hpp"

#include "recording/clock.hpp"
#include "recording/track/opus_packet.hpp"

namespace veche::recording {
namespace {

void count(MixCounters& counters, const TrackSound& sound) {
  counters.decoded += sound.decoded();
  counters.malformed += sound.malformed();
}

}  // namespace

Mixer::Mixer(const MixSettings& settings)
    : settings_(settings),
      encoder_(settings),
      buffer_(settings.channels, encoder_.delay_samples()),
      block_(kBlockSamples * settings.channels) {}

bool Mixer::push(uint64_t track, const Frame& frame) {
  const int64_t position = samples_of(frame.time_ns);
  switch (buffer_.fit(position, samples_of(frame.duration_ns))) {
    case MixBuffer::Fit::Late: counters_.late += frame.is_filler ? 0 : 1; return false;
    case MixBuffer::Fit::Early: counters_.early += frame.is_filler ? 0 : 1; return false;
    case MixBuffer::Fit::Within: break;
  }
  TrackSound& sound = tracks_.try_emplace(track, settings_.channels).first->second;
  const std::span<const int16_t> samples = sound.decode(frame);
  const auto length = static_cast<int64_t>(samples.size() / settings_.channels);
  // A frame may be longer than its header says.
  if (buffer_.fit(position, length) == MixBuffer::Fit::Within) buffer_.add(position, samples);
  return true;
}

uint64_t Mixer::malformed_of(uint64_t track) const {
  const auto found = tracks_.find(track);
  return found != tracks_.end() ? found->second.malformed() : 0;
}

void Mixer::advance(int64_t time_ns, std::vector<Frame>& out) {
  const int64_t complete = samples_of(time_ns);
  while (buffer_.position() + static_cast<int64_t>(kBlockSamples) <= complete) {
    const bool heard = buffer_.take(block_);
    out.push_back({.time_ns = next_block_++ * kBlockNs,
                   .duration_ns = kBlockNs,
                   .bytes = encoder_.encode(block_, !heard)});
  }
}

void Mixer::remove(uint64_t track) {
  const auto found = tracks_.find(track);
  if (found == tracks_.end()) return;
  count(counters_, found->second);
  tracks_.erase(found);
}

int64_t Mixer::delay_ns() const noexcept {
  return encoder_.delay_samples() * kNsPerS / kSampleRate;
}

Format Mixer::format() const {
  return {.codec = Codec::Opus,
          .channels = settings_.channels,
          .codec_private = opus_head(settings_.channels)};
}

MixCounters Mixer::counters() const {
  MixCounters all = counters_;
  for (const auto& [track, sound] : tracks_) count(all, sound);
  return all;
}

}  // namespace veche::recording
