// SPDX-License-Identifier: Apache-2.0
// Synthesises a voice (harmonics, formants, syllables) and encodes it with libopus.
#include "voice.hpp"

#include <opus/opus.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <memory>
#include <numbers>
#include <random>
#include <string>

#include "mark.hpp"

namespace veche::load {
namespace {

constexpr int kRate = 48000;
constexpr size_t kSpeechFrames = 100;
constexpr size_t kSilenceFrames = 100;
constexpr size_t kDtxInputFrames = 250;  // Five seconds, of which DTX lets one frame in 20 through.
/// After this many frames of silence an encoder has forgotten the preceding speech.
constexpr size_t kSettlingFrames = 50;
/// libopus' size of a frame that need not be sent.
constexpr size_t kNotToBeSent = 2;
constexpr opus_int32 kMaxOpus = 160;
constexpr double kFullScale = 32768;

using Samples = std::vector<int16_t>;

double from_dbov(double level) { return kFullScale * std::pow(10, level / 20); }

uint8_t level_of(const int16_t* frame) {
  double squares = 0;
  for (size_t i = 0; i < kFrameTicks; ++i) squares += static_cast<double>(frame[i]) * frame[i];
  const double rms = std::sqrt(squares / kFrameTicks);
  if (rms < 1) return 127;
  return static_cast<uint8_t>(
      std::clamp(std::lround(-20 * std::log10(rms / kFullScale)), 0l, 127l));
}

/// White noise with a standard deviation of 1.
class Noise {
 public:
  double next() { return normal_(random_); }

 private:
  std::minstd_rand random_{1};
  std::normal_distribution<double> normal_;
};

/// A vowel: its first three formants, in Hz.
using Vowel = std::array<double, 3>;
constexpr Vowel kVowels[] = {
    {730, 1090, 2440}, {270, 2290, 3010}, {570, 840, 2410}, {530, 1840, 2480}, {300, 870, 2240}};
constexpr double kSyllableS = 0.2;
constexpr size_t kHarmonics = 32;
constexpr double kPitchHz = 120;

/// The amplitude of each harmonic in a vowel; their total power is 1.
std::array<double, kHarmonics> spectrum(const Vowel& vowel) {
  constexpr double kBandwidthHz = 120;
  std::array<double, kHarmonics> amplitudes{};
  double power = 0;
  for (size_t k = 0; k < kHarmonics; ++k) {
    const double hz = kPitchHz * static_cast<double>(k + 1);
    double gain = 0.02;
    for (const double formant : vowel) gain += 1 / (1 + std::pow((hz - formant) / kBandwidthHz, 2));
    amplitudes[k] = gain / static_cast<double>(k + 1);  // The glottis: weaker at high frequencies.
    power += amplitudes[k] * amplitudes[k] / 2;
  }
  for (double& amplitude : amplitudes) amplitude /= std::sqrt(power);
  return amplitudes;
}

Samples make_speech() {
  Noise noise;
  Samples samples(kSpeechFrames * kFrameTicks);
  std::array<double, kHarmonics> amplitudes{};
  double phase = 0;
  constexpr auto kSyllable = static_cast<size_t>(kSyllableS * kRate);
  for (size_t i = 0; i < samples.size(); ++i) {
    if (i % kSyllable == 0) amplitudes = spectrum(kVowels[i / kSyllable % std::size(kVowels)]);
    const double turn = 2 * std::numbers::pi * static_cast<double>(i % kSyllable) / kSyllable;
    phase += 2 * std::numbers::pi * kPitchHz * (1 + 0.1 * std::sin(turn)) / kRate;
    double sum = 0.05 * noise.next();  // Breath.
    for (size_t k = 0; k < kHarmonics; ++k)
      sum += amplitudes[k] * std::sin(phase * static_cast<double>(k + 1));
    // Softer between syllables, but louder than a pause.
    samples[i] = static_cast<int16_t>(sum * from_dbov(-29) * (1 - 0.4 * std::cos(turn)));
  }
  return samples;
}

/// libopus compares with the preceding speech to detect silence, so there has to be some.
Samples with_silence(Samples after, size_t frames, bool noise_floor) {
  Noise noise;
  const auto sample = [&]() -> int16_t {
    return static_cast<int16_t>(noise_floor ? std::lround(noise.next() * from_dbov(-70)) : 0);
  };
  std::generate_n(std::back_inserter(after), frames * kFrameTicks, sample);
  return after;
}

struct EncoderDeleter {
  void operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
};

Error opus_error(int status) {
  return internal(std::string("libopus cannot encode: ") + opus_strerror(status));
}

/// The frames from `first` on. Frames that DTX leaves out are dropped.
Result<std::vector<VoiceFrame>> encode_samples(const Samples& samples, int bit_rate_bps, bool dtx,
                                               size_t first) {
  int status = OPUS_OK;
  const std::unique_ptr<OpusEncoder, EncoderDeleter> encoder(
      opus_encoder_create(kRate, 1, OPUS_APPLICATION_VOIP, &status));
  if (!encoder) return opus_error(status);
  opus_encoder_ctl(encoder.get(), OPUS_SET_BITRATE(bit_rate_bps));
  opus_encoder_ctl(encoder.get(), OPUS_SET_DTX(dtx ? 1 : 0));
  std::vector<VoiceFrame> frames;
  for (size_t i = 0; (i + 1) * kFrameTicks <= samples.size(); ++i) {
    const int16_t* const in = samples.data() + i * kFrameTicks;
    std::array<uint8_t, kMaxOpus> out;
    const int size = opus_encode(encoder.get(), in, kFrameTicks, out.data(), kMaxOpus);
    if (size < 0) return opus_error(size);
    const auto packet = std::span(out).first(static_cast<size_t>(size));
    if (i < first || (dtx && packet.size() <= kNotToBeSent)) continue;
    Result<std::vector<uint8_t>> payload = with_room_for_mark(packet);
    if (!payload) return payload.error();
    frames.push_back({*std::move(payload), level_of(in)});
  }
  if (frames.empty()) return internal("libopus encodes nothing: is its DTX another one?");
  return frames;
}

}  // namespace

Result<Voice> Voice::encode(const VoiceStyle& style) {
  const auto [bit_rate_bps, noise_floor] = style;
  const Samples speech_only = make_speech();
  constexpr size_t kFirst = kSpeechFrames + kSettlingFrames;
  auto speech_frames = encode_samples(speech_only, bit_rate_bps, false, 0);
  if (!speech_frames) return speech_frames.error();
  auto silence_frames =
      encode_samples(with_silence(speech_only, kSettlingFrames + kSilenceFrames, noise_floor),
                     bit_rate_bps, false, kFirst);
  if (!silence_frames) return silence_frames.error();
  auto dtx_frames = encode_samples(with_silence(speech_only, kDtxInputFrames, noise_floor),
                                   bit_rate_bps, true, kFirst);
  if (!dtx_frames) return dtx_frames.error();
  return Voice{.speech = *std::move(speech_frames),
               .silence = *std::move(silence_frames),
               .dtx = *std::move(dtx_frames)};
}

}  // namespace veche::load
