// SPDX-License-Identifier: Apache-2.0
// The voice: every payload is Opus of 20 ms, with the stated size and loudness.
#include "voice.hpp"

#include <gtest/gtest.h>
#include <opus/opus.h>

#include <array>
#include <cmath>
#include <memory>

#include "mark.hpp"
#include "test_voice.hpp"

namespace veche::load {
namespace {

struct Decoder {
  OpusDecoder* const opus = opus_decoder_create(48000, 1, nullptr);
  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { opus_decoder_destroy(opus); }

  std::vector<int16_t> decode(const uint8_t* bytes, size_t size) {
    std::vector<int16_t> samples(5760);
    const int count = opus_decode(opus, bytes, static_cast<opus_int32>(size), samples.data(),
                                  static_cast<int>(samples.size()), 0);
    EXPECT_EQ(count, static_cast<int>(kFrameTicks));
    samples.resize(static_cast<size_t>(std::max(count, 0)));
    return samples;
  }
};

double dbov(const std::vector<int16_t>& samples) {
  double squares = 0;
  for (const int16_t sample : samples) squares += static_cast<double>(sample) * sample;
  return 10 * std::log10(std::max(squares / static_cast<double>(samples.size()), 1e-3)) -
         20 * std::log10(32768.0);
}

/// The frame alone, without the rest of the packet.
std::vector<uint8_t> unpadded(std::vector<uint8_t> payload) {
  payload.resize(static_cast<size_t>(
      opus_packet_unpad(payload.data(), static_cast<opus_int32>(payload.size()))));
  return payload;
}

TEST(LoadVoice, IsOpusOfTwentyMillisecondsWithAnyMark) {
  for (const bool noise : {false, true}) {
    for (const auto* frames : {&voice(noise).speech, &voice(noise).silence, &voice(noise).dtx}) {
      ASSERT_FALSE(frames->empty());
      Decoder marked, bare;
      for (const VoiceFrame& frame : *frames) {
        std::vector<uint8_t> payload = frame.payload;
        ASSERT_LE(payload.size(), Voice::kMaxPayload);
        write_mark({.talker = 0xffff, .turn = ~0u, .frame = ~0u, .sent_ns = -1}, payload);
        const auto size = static_cast<opus_int32>(payload.size());
        unsigned char toc = 0;
        const unsigned char* parts[48];
        opus_int16 sizes[48];
        int at = 0;
        ASSERT_EQ(opus_packet_parse(payload.data(), size, &toc, parts, sizes, &at), 1);
        EXPECT_EQ(opus_packet_get_nb_samples(payload.data(), size, 48000), 960);
        EXPECT_EQ(opus_packet_get_nb_channels(payload.data()), 1);
        // A decoder hears the same with and without the mark.
        const std::vector<uint8_t> alone = unpadded(payload);
        EXPECT_EQ(alone.size() + 2 + kMarkSize, payload.size());
        EXPECT_EQ(marked.decode(payload.data(), payload.size()),
                  bare.decode(alone.data(), alone.size()));
      }
    }
  }
}

TEST(LoadVoice, SpeaksAsLoudlyAsItSays) {
  Decoder decoder;
  std::vector<double> heard;
  for (const VoiceFrame& frame : voice().speech) {
    EXPECT_GE(frame.level, 24);
    EXPECT_LE(frame.level, 36);
    heard.push_back(dbov(decoder.decode(frame.payload.data(), frame.payload.size())));
  }
  // The first frames are the decoder's start-up, and a codec delays by a third of a frame.
  for (size_t i = 5; i < heard.size(); ++i) EXPECT_NEAR(-heard[i], voice().speech[i].level, 4) << i;
}

TEST(LoadVoice, HasPacketsOfTypicalSize) {
  size_t bytes = 0;
  for (const VoiceFrame& frame : voice().speech) bytes += frame.payload.size();
  EXPECT_NEAR(static_cast<double>(bytes) / static_cast<double>(voice().speech.size()), 100, 20);
}

TEST(LoadVoice, IsSilentWhereItSaysSo) {
  for (const bool noise : {false, true}) {
    for (const auto* frames : {&voice(noise).silence, &voice(noise).dtx}) {
      for (const VoiceFrame& frame : *frames)
        EXPECT_NEAR(frame.level, noise ? 70 : 127, noise ? 2 : 0);
    }
    Decoder decoder;
    std::vector<int16_t> last;
    for (const VoiceFrame& frame : voice(noise).silence)
      last = decoder.decode(frame.payload.data(), frame.payload.size());
    EXPECT_LT(dbov(last), -60);
  }
}

TEST(LoadVoice, HasTheBitRateThatWasAskedFor) {
  const auto bytes = [](const Voice& voice) {
    size_t sum = 0;
    for (const VoiceFrame& frame : voice.speech) sum += frame.payload.size();
    return static_cast<double>(sum) / static_cast<double>(voice.speech.size());
  };
  const double saved = (32'000.0 - 20'000) / 50 / 8;
  EXPECT_NEAR(bytes(voice()) - bytes(*Voice::encode({.bit_rate_bps = 20'000})), saved, saved / 5);
}

TEST(LoadVoice, HasAFrameInFourHundredMillisecondsWithDtx) {
  // Four seconds of silence follow the speech.
  EXPECT_NEAR(static_cast<double>(voice().dtx.size()), 10, 1);
  EXPECT_NEAR(static_cast<double>(voice(true).dtx.size()), 10, 1);
}

}  // namespace
}  // namespace veche::load
