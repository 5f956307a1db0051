// SPDX-License-Identifier: Apache-2.0
// Sound for tests: chirps and voices as Opus frames, and a player's output for frames.
#pragma once

#include <opus.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "recording/track/format.hpp"

namespace veche::recording::test {

inline constexpr int kRate = 48'000;
inline constexpr int kFrameSamples = 960;
inline constexpr int64_t kFrameNs = 20'000'000;

using Sound = std::vector<float>;

inline void add_chirp(Sound& sound, size_t at, float amplitude) {
  constexpr size_t kLength = kRate / 5;
  for (size_t i = 0; i < kLength && at + i < sound.size(); ++i) {
    const double time = static_cast<double>(i) / kRate;
    const double phase = 2 * std::numbers::pi * (500 * time + 0.5 * (2500 / 0.2) * time * time);
    sound[at + i] += amplitude * static_cast<float>(std::sin(phase));
  }
}

inline Sound tone(double hz, float amplitude, size_t samples) {
  Sound sound(samples);
  for (size_t i = 0; i < samples; ++i) {
    sound[i] =
        amplitude *
        static_cast<float>(std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / kRate));
  }
  return sound;
}

/// Frames of 20 ms, from `start_ns` on; mono.
inline std::vector<Frame> encode(const Sound& sound, int64_t start_ns = 0) {
  int error = 0;
  OpusEncoder* encoder = opus_encoder_create(kRate, 1, OPUS_APPLICATION_VOIP, &error);
  opus_encoder_ctl(encoder, OPUS_SET_BITRATE(32'000));
  std::vector<Frame> frames;
  for (size_t at = 0; at + kFrameSamples <= sound.size(); at += kFrameSamples) {
    Frame frame{.time_ns = start_ns + static_cast<int64_t>(frames.size()) * kFrameNs,
                .duration_ns = kFrameNs,
                .bytes = std::vector<uint8_t>(1276)};
    frame.bytes.resize(static_cast<size_t>(
        opus_encode_float(encoder, &sound[at], kFrameSamples, frame.bytes.data(), 1276)));
    frames.push_back(frame);
  }
  opus_encoder_destroy(encoder);
  return frames;
}

/// A player's output, without skipping; one channel.
inline Sound play(const std::vector<Frame>& frames) {
  int error = 0;
  OpusDecoder* decoder = opus_decoder_create(kRate, 1, &error);
  Sound sound;
  for (const Frame& frame : frames) {
    float samples[kFrameSamples];
    const int count =
        opus_decode_float(decoder, frame.bytes.data(), static_cast<opus_int32>(frame.bytes.size()),
                          samples, kFrameSamples, 0);
    sound.insert(sound.end(), samples, samples + std::max(count, 0));
  }
  opus_decoder_destroy(decoder);
  return sound;
}

/// The position of the chirp, between two samples.
inline int64_t find_chirp(const Sound& sound, int64_t from, int64_t to) {
  Sound chirp(kRate / 5);
  add_chirp(chirp, 0, 1);
  int64_t best = -1;
  float highest = 0;
  for (int64_t at = from; at < to; ++at) {
    float sum = 0;
    for (size_t i = 0; i < chirp.size() && static_cast<size_t>(at) + i < sound.size(); ++i) {
      sum += chirp[i] * sound[static_cast<size_t>(at) + i];
    }
    if (sum > highest) {
      highest = sum;
      best = at;
    }
  }
  return best;
}

inline float peak(const Sound& sound, size_t from, size_t to) {
  float highest = 0;
  for (size_t i = from; i < std::min(to, sound.size()); ++i) {
    highest = std::max(highest, std::abs(sound[i]));
  }
  return highest;
}

}  // namespace veche::recording::test
