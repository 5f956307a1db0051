// SPDX-License-Identifier: Apache-2.0
// The mix as a player hears it: all voices in time, none too loud, and silence in the gaps.
#include "recording/mix/mixer.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <veche/cpp/failure.hpp>

#include "sounds.hpp"

namespace veche::recording {
namespace {

using test::kFrameNs;
using test::kRate;
using test::Sound;

constexpr int kSenderDelay = 312;  // Libopus' delay in samples, which the tracks have too.
constexpr int64_t kSecondNs = 1'000'000'000;

void push_all(Mixer& mixer, uint64_t track, const std::vector<Frame>& frames) {
  for (const Frame& frame : frames) mixer.push(track, frame);
}

std::vector<Frame> mixed(Mixer& mixer, int64_t time_ns) {
  std::vector<Frame> frames;
  mixer.advance(time_ns + mixer.delay_ns() + kFrameNs, frames);
  return frames;
}

Frame frame_of(int64_t time_ns, std::vector<uint8_t> bytes) {
  return {.time_ns = time_ns, .duration_ns = kFrameNs, .bytes = std::move(bytes)};
}

TEST(Mixer, IsContinuousFromZeroWithNobodyThere) {
  Mixer mixer({});
  std::vector<Frame> frames;
  mixer.advance(kSecondNs + mixer.delay_ns(), frames);
  mixer.advance(kSecondNs + mixer.delay_ns(), frames);
  ASSERT_EQ(frames.size(), 50U);
  for (size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].time_ns, static_cast<int64_t>(i) * kFrameNs);
    EXPECT_EQ(frames[i].duration_ns, kFrameNs);
    EXPECT_EQ(frames[i].bytes, (std::vector<uint8_t>{0xf8, 0xff, 0xfe}));
  }
  EXPECT_LT(test::peak(test::play(frames), 0, kRate), 1e-6F);
}

TEST(Mixer, KeepsTheTimeOfEveryTrackToATenthOfAMillisecond) {
  for (const uint32_t channels : {1U, 2U}) {
    Mixer mixer({.channels = channels});
    Sound early(2 * kRate);
    Sound late(kRate);
    test::add_chirp(early, kRate / 2, 0.4F);
    test::add_chirp(late, kRate / 4, 0.4F);
    push_all(mixer, 1, test::encode(early));
    // One that joined late, and not on a multiple of 20 ms.
    const int64_t joined_ns = 2'007'000'000;
    push_all(mixer, 2, test::encode(late, joined_ns));
    const Sound heard = test::play(mixed(mixer, 4 * kSecondNs));
    const int64_t first = kRate / 2 + kSenderDelay;
    const int64_t second = samples_of(joined_ns) + kRate / 4 + kSenderDelay;
    EXPECT_NEAR(static_cast<double>(test::find_chirp(heard, first - 500, first + 500)),
                static_cast<double>(first), 5);
    EXPECT_NEAR(static_cast<double>(test::find_chirp(heard, second - 500, second + 500)),
                static_cast<double>(second), 5);
  }
}

TEST(Mixer, DoesNotClipTenLoudTalkers) {
  Mixer mixer({.bitrate_bps = 128'000});
  for (uint64_t talker = 0; talker < 10; ++talker) {
    push_all(mixer, talker, test::encode(test::tone(400, 0.7F, kRate)));
  }
  const Sound heard = test::play(mixed(mixer, kSecondNs));
  EXPECT_GT(test::peak(heard, kRate / 2, kRate), 0.7F);
  EXPECT_LT(test::peak(heard, 0, kRate), 1.0F);
}

TEST(Mixer, DoesNotDecodeSilence) {
  Mixer mixer({});
  for (int64_t i = 0; i < 500; ++i) mixer.push(1, frame_of(i * kFrameNs, {0xf8, 0xff, 0xfe}));
  for (int64_t i = 0; i < 500; ++i) mixer.push(2, frame_of(i * kFrameNs, {0x78}));
  for (int64_t i = 0; i < 100; ++i) {
    mixer.push(4, {.time_ns = i * 3 * kFrameNs,
                   .duration_ns = 3 * kFrameNs,
                   .bytes = {0xfb, 3, 0xff, 0xfe, 0xff, 0xfe, 0xff, 0xfe}});
  }
  EXPECT_EQ(mixer.counters().decoded, 0U);
  push_all(mixer, 3, test::encode(test::tone(400, 0.5F, kRate)));
  for (int64_t i = 50; i < 500; ++i) mixer.push(3, frame_of(i * kFrameNs, {0xf8, 0xff, 0xfe}));
  EXPECT_EQ(mixer.counters().decoded, 51U) << "the first silence ends the sound";
}

TEST(Mixer, ConcealsAShortLossAndFadesALongOne) {
  Mixer mixer({});
  std::vector<Frame> frames = test::encode(test::tone(400, 0.5F, 2 * kRate));
  for (size_t i = 40; i < 42; ++i) frames[i].bytes = {0x78};
  for (size_t i = 60; i < 90; ++i) frames[i].bytes.clear();
  push_all(mixer, 1, frames);
  const Sound heard = test::play(mixed(mixer, 2 * kSecondNs));
  constexpr size_t kFrame = test::kFrameSamples;
  EXPECT_GT(test::peak(heard, 41 * kFrame, 42 * kFrame), 0.2F);
  EXPECT_GT(test::peak(heard, 61 * kFrame, 62 * kFrame), 0.1F);
  EXPECT_LT(test::peak(heard, 70 * kFrame, 89 * kFrame), 0.01F);
  EXPECT_GT(test::peak(heard, 95 * kFrame, 98 * kFrame), 0.3F);
  EXPECT_EQ(mixer.counters().decoded, 100U - 2 - 30 + 2 + 5);
}

TEST(Mixer, TakesMalformedPacketsAsSilenceAndCountsThem) {
  Mixer mixer({});
  push_all(mixer, 1, test::encode(test::tone(400, 0.5F, kRate)));
  for (int64_t i = 0; i < 50; ++i) mixer.push(2, frame_of(i * kFrameNs, {0xff, 0xff, 0xff, 0xff}));
  EXPECT_EQ(mixer.counters().malformed, 50U);
  mixer.remove(2);
  EXPECT_EQ(mixer.counters().malformed, 50U);
  EXPECT_GT(test::peak(test::play(mixed(mixer, kSecondNs)), kRate / 2, kRate), 0.4F);
}

TEST(Mixer, DropsAndCountsWhatIsOutsideItsWindow) {
  Mixer mixer({});
  const std::vector<Frame> sound = test::encode(test::tone(400, 0.5F, kRate));
  EXPECT_EQ(mixed(mixer, kSecondNs).size(), 51U);
  push_all(mixer, 1, sound);
  EXPECT_EQ(mixer.counters().late, 50U);
  EXPECT_EQ(mixer.counters().decoded, 0U);
  mixer.push(1, frame_of(3600 * kSecondNs, sound[10].bytes));
  mixer.push(1, frame_of(-kSecondNs, sound[10].bytes));
  EXPECT_EQ(mixer.counters().early, 1U);
  EXPECT_EQ(mixer.counters().late, 51U);
}

TEST(Mixer, KeepsTheSoundOfATrackThatEnded) {
  Mixer mixer({});
  push_all(mixer, 1, test::encode(test::tone(400, 0.5F, kRate)));
  mixer.remove(1);
  mixer.remove(7);
  EXPECT_GT(test::peak(test::play(mixed(mixer, kSecondNs)), kRate / 2, kRate), 0.3F);
}

TEST(Mixer, IsTheSameHoweverItIsAdvanced) {
  const std::vector<Frame> sound = test::encode(test::tone(400, 0.5F, kRate));
  Mixer at_once({});
  push_all(at_once, 1, sound);
  std::vector<Frame> together;
  at_once.advance(2 * kSecondNs, together);
  Mixer stepwise({});
  std::vector<Frame> steps;
  for (const Frame& frame : sound) {
    stepwise.push(1, frame);
    stepwise.advance(frame.time_ns + frame.duration_ns, steps);
  }
  stepwise.advance(2 * kSecondNs, steps);
  ASSERT_EQ(steps.size(), together.size());
  for (size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(steps[i].bytes, together[i].bytes) << i;
  EXPECT_EQ(stepwise.counters().late, 0U);
}

TEST(Mixer, ComesBackFromSilenceWithTheSameSound) {
  Mixer mixer({});
  push_all(mixer, 1, test::encode(test::tone(400, 0.5F, kRate)));
  push_all(mixer, 1, test::encode(test::tone(400, 0.5F, kRate), 5 * kSecondNs));
  const Sound heard = test::play(mixed(mixer, 6 * kSecondNs));
  EXPECT_LT(test::peak(heard, 2 * kRate, 5 * kRate - 480), 1e-6F);
  EXPECT_NEAR(test::peak(heard, kRate / 2, kRate), 0.5F, 0.1F);
  EXPECT_NEAR(test::peak(heard, 5 * kRate + kRate / 2, 6 * kRate), 0.5F, 0.1F);
}

TEST(Mixer, SaysThatNothingIsToBeSkipped) {
  const Format format = Mixer({.channels = 2}).format();
  EXPECT_EQ(format.codec, Codec::Opus);
  EXPECT_EQ(format.channels, 2U);
  ASSERT_EQ(format.codec_private.size(), 19U);
  EXPECT_EQ(std::memcmp(format.codec_private.data(), "OpusHead\1\2\0\0\x80\xbb\0\0\0\0\0", 19), 0);
}

TEST(Mixer, RefusesSettingsThatLibopusRefuses) {
  try {
    Mixer mixer({.channels = 3});
    FAIL() << "three channels were taken";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), VECHE_E_INVALID);
    EXPECT_NE(std::string(failure.what()).find("3 channels"), std::string::npos);
  }
}

}  // namespace
}  // namespace veche::recording
