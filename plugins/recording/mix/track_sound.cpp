// SPDX-License-Identifier: Apache-2.0
// Silence, loss and sound of a track, told apart by the packets' first bytes.
#include "recording/mix/track_sound.hpp"

#include <algorithm>
#include <string>
#include <veche/cpp/failure.hpp>

#include "recording/mix/sound.hpp"

namespace veche::recording {
namespace {

constexpr int kMaxSamples = 5760;  // 120 ms, RFC 6716 section 2.1.4
constexpr int64_t kConcealStep = 120;

/// A packet of one or two bytes holds no frame: DTX, or the stand-in for a lost one.
bool is_empty(const std::vector<uint8_t>& packet) { return packet.size() <= 2; }

/// CELT frames with nothing but their silence flag, as libopus and fillers write them: one, or many
/// of the same size (RFC 6716 section 3.2).
bool is_silence(const std::vector<uint8_t>& packet) {
  const unsigned code = packet[0] & 3U;
  const bool is_many = code == 3 && (packet[1] & 0xc0U) == 0;
  if ((packet[0] & 0x80U) == 0 || (code != 0 && !is_many)) return false;
  const size_t begin = is_many ? 2 : 1;
  const size_t frames = is_many ? packet[1] & 0x3fU : 1;
  if (frames == 0 || packet.size() != begin + 2 * frames) return false;
  for (size_t at = begin; at < packet.size(); at += 2) {
    if (packet[at] != 0xff || packet[at + 1] != 0xfe) return false;
  }
  return true;
}

}  // namespace

std::span<const int16_t> TrackSound::decode(const Frame& frame) {
  if (is_empty(frame.bytes)) return conceal(samples_of(frame.duration_ns));
  const bool silence = is_silence(frame.bytes);
  if (silence && silent_) return {};
  // The first packet of silence is decoded: it fades the sound out, and leaves the decoder in the
  // state that it would have after all the others.
  silent_ = silence;
  concealable_ = silence ? 0 : kConcealedSamples;
  return run(frame.bytes.data(), static_cast<int>(frame.bytes.size()), kMaxSamples);
}

std::span<const int16_t> TrackSound::conceal(int64_t samples) {
  samples = std::min(samples, concealable_) / kConcealStep * kConcealStep;
  if (samples <= 0) return {};
  concealable_ -= samples;
  const std::span<const int16_t> sound = run(nullptr, 0, static_cast<int>(samples));
  if (concealable_ >= kConcealStep) return sound;
  silent_ = true;
  for (size_t i = 0; i < sound.size(); ++i) {
    sound_[i] = static_cast<int16_t>(sound_[i] * static_cast<int64_t>(sound.size() - i) /
                                     static_cast<int64_t>(sound.size()));
  }
  return sound;
}

std::span<const int16_t> TrackSound::run(const uint8_t* data, int size, int samples) {
  if (!decoder_) make_decoder();
  const int count = opus_decode(decoder_.get(), data, size, sound_.data(), samples, 0);
  ++decoded_;
  if (count > 0) return std::span(sound_).first(static_cast<size_t>(count) * channels_);
  ++malformed_;
  return {};
}

void TrackSound::make_decoder() {
  int error = OPUS_OK;
  decoder_.reset(opus_decoder_create(kSampleRate, static_cast<int>(channels_), &error));
  if (!decoder_) {
    throw Failure(VECHE_E_EXHAUSTED, std::string("the mix gets no Opus decoder for a track: ") +
                                         opus_strerror(error) +
                                         "; give the server more memory or record fewer tracks");
  }
  sound_.resize(size_t{kMaxSamples} * channels_);
}

}  // namespace veche::recording
