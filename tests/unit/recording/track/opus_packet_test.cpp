// SPDX-License-Identifier: Apache-2.0
// Durations by the TOC, malformed packets, and packets that fill gaps, as libopus decodes them.
#include "recording/track/opus_packet.hpp"

#include <gtest/gtest.h>
#include <opus/opus.h>

#include <algorithm>
#include <memory>
#include <string>

namespace veche::recording::opus_packet_test {
namespace {

using Bytes = std::vector<uint8_t>;

/// RFC 6716 section 3.1, table 2: tenths of milliseconds.
uint32_t table_samples(uint32_t config) {
  constexpr uint32_t kSilk[] = {100, 200, 400, 600}, kCelt[] = {25, 50, 100, 200};
  const uint32_t tenths = config < 12   ? kSilk[config % 4]
                          : config < 16 ? kSilk[config % 2]
                                        : kCelt[config % 4];
  return tenths * 48 / 10;
}

TEST(OpusPacket, LastsAsLongAsItsTocSays) {
  for (uint32_t config = 0; config < 32; ++config) {
    for (const bool stereo : {false, true}) {
      const auto toc = static_cast<uint8_t>(config << 3 | (stereo ? 4 : 0));
      SCOPED_TRACE(config);
      const auto one = parse_opus(Bytes{toc, 1, 2, 3});
      ASSERT_TRUE(one);
      EXPECT_EQ(one->samples, table_samples(config));
      EXPECT_EQ(one->frame_samples, table_samples(config));
      EXPECT_EQ(one->channels, stereo ? 2U : 1U);
      EXPECT_FALSE(one->is_empty);
      EXPECT_EQ(parse_opus(Bytes{uint8_t(toc | 1), 1, 2})->samples, 2 * table_samples(config));
      EXPECT_EQ(parse_opus(Bytes{uint8_t(toc | 2), 1, 2, 3})->samples, 2 * table_samples(config));
      const uint32_t most = kOpusMaxSamples / table_samples(config);
      Bytes many{uint8_t(toc | 3), uint8_t(most)};
      EXPECT_EQ(parse_opus(many)->samples, most * table_samples(config));
      EXPECT_TRUE(parse_opus(many)->is_empty);
      ++many[1];
      EXPECT_FALSE(parse_opus(many)) << "longer than 120 ms";
    }
  }
}

TEST(OpusPacket, IsRefusedIfItBreaksARule) {
  const Bytes too_long(1278, 0x08);
  for (const Bytes& bytes :
       {Bytes{}, Bytes{0x09, 1}, Bytes{0x0a}, Bytes{0x0a, 9, 1}, Bytes{0x0b}, Bytes{0x0b, 0},
        Bytes{0x0b, 2, 1, 2, 3}, Bytes{0x0b, 0x82, 9, 1}, Bytes{0x0b, 0x41, 9}, too_long}) {
    EXPECT_FALSE(parse_opus(bytes)) << ::testing::PrintToString(bytes);
  }
  EXPECT_TRUE(parse_opus(Bytes{0x08})->is_empty);
  EXPECT_TRUE(parse_opus(Bytes{0x08, 0})->is_empty);
}

using DecoderPtr = std::unique_ptr<OpusDecoder, decltype(&opus_decoder_destroy)>;
using EncoderPtr = std::unique_ptr<OpusEncoder, decltype(&opus_encoder_destroy)>;

/// The loudest sample of the packet, and its samples.
struct Decoded {
  int samples = 0;
  int peak = 0;
};
Decoded decode(OpusDecoder* decoder, const Bytes& packet) {
  std::vector<opus_int16> pcm(2 * kOpusMaxSamples);
  const int samples = opus_decode(decoder, packet.data(), static_cast<opus_int32>(packet.size()),
                                  pcm.data(), kOpusMaxSamples, 0);
  Decoded decoded{samples, 0};
  for (int i = 0; i < 2 * std::max(samples, 0); ++i) {
    decoded.peak = std::max(decoded.peak, std::abs(int{pcm[size_t(i)]}));
  }
  return decoded;
}

Bytes encode_tone(OpusEncoder* encoder, int packet) {
  std::vector<opus_int16> pcm(960);
  for (int i = 0; i < 960; ++i) {
    pcm[size_t(i)] = static_cast<opus_int16>(8000 * (((packet * 960 + i) / 60) % 2 == 0 ? 1 : -1));
  }
  Bytes bytes(1275);
  bytes.resize(size_t(opus_encode(encoder, pcm.data(), 960, bytes.data(), 1275)));
  return bytes;
}

TEST(OpusPacket, FillersDecodeToTheirLengthAfterAnySound) {
  for (const int application : {OPUS_APPLICATION_VOIP, OPUS_APPLICATION_AUDIO}) {
    int error = 0;
    const EncoderPtr encoder(opus_encoder_create(48000, 1, application, &error),
                             opus_encoder_destroy);
    opus_encoder_ctl(encoder.get(),
                     OPUS_SET_BITRATE(application == OPUS_APPLICATION_VOIP ? 12000 : 96000));
    const DecoderPtr decoder(opus_decoder_create(48000, 2, &error), opus_decoder_destroy);
    int at = 0;
    uint8_t toc = 0;
    const auto speak = [&] {
      for (int i = 0; i < 10; ++i) {
        const Bytes packet = encode_tone(encoder.get(), at++);
        toc = packet[0];
        EXPECT_EQ(decode(decoder.get(), packet).samples, 960);
      }
    };
    for (uint32_t samples = kOpusGrain; samples <= kOpusMaxSamples; samples += kOpusGrain) {
      SCOPED_TRACE(samples);
      for (const uint32_t channels : {1U, 2U}) {
        const Bytes silence = opus_silence(samples, channels);
        ASSERT_TRUE(parse_opus(silence));
        EXPECT_EQ(parse_opus(silence)->samples, samples);
        EXPECT_EQ(parse_opus(silence)->channels, channels);
        speak();
        EXPECT_EQ(decode(decoder.get(), silence).samples, int(samples));
        // The first one lets the sound fade out.
        EXPECT_EQ(decode(decoder.get(), opus_silence(2880, channels)).samples, 2880);
        EXPECT_LE(decode(decoder.get(), silence).peak, 2);
      }
    }
    for (const uint32_t frames : {1U, 2U, 6U}) {
      speak();
      const Decoded concealed = decode(decoder.get(), opus_concealment(toc, frames));
      EXPECT_EQ(concealed.samples, int(frames * 960));
      EXPECT_GT(concealed.peak, 500) << "it goes on with what was heard";
    }
  }
}

TEST(OpusPacket, HeadHasNoPreSkip) {
  const Bytes head = opus_head(2);
  EXPECT_EQ(std::string(head.begin(), head.begin() + 8), "OpusHead");
  EXPECT_EQ(Bytes(head.begin() + 8, head.end()), (Bytes{1, 2, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0}));
  EXPECT_EQ(opus_head(9)[9], 2);
}

}  // namespace
}  // namespace veche::recording::opus_packet_test
