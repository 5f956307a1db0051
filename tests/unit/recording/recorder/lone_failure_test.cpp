// SPDX-License-Identifier: Apache-2.0
// What goes wrong with one track stays with it, and is in the manifest.
#include <dlfcn.h>
#include <gst/gst.h>
#include <gtest/gtest.h>
#include <opus/opus.h>
#include <sys/resource.h>

#include <random>

#include "writer_fixture.hpp"

namespace {

bool has_decoders = true;

}  // namespace

/// In place of libopus', which fails only where memory is short.
extern "C" OpusDecoder* opus_decoder_create(opus_int32 rate, int channels, int* error) {
  if (!has_decoders) {
    *error = OPUS_ALLOC_FAIL;
    return nullptr;
  }
  static const auto create =
      reinterpret_cast<decltype(&opus_decoder_create)>(dlsym(RTLD_NEXT, "opus_decoder_create"));
  return create(rate, channels, error);
}

namespace veche::recording {
namespace {

constexpr int64_t kOneSecondMs = 1000;

class LoneFailure : public WorkTest {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }
  void tell_random_picture(uint64_t track, std::mt19937& random) {
    Packet packet;
    packet.arrival_ns = kOrigin + now_ms_ * kMs;
    packet.timestamp = static_cast<uint32_t>(now_ms_ * 90);
    packet.sequence = sequence_[track]++;
    packet.marker = true;
    packet.payload.resize(1 + random() % 200);
    for (uint8_t& byte : packet.payload) byte = static_cast<uint8_t>(random());
    packet.payload[0] &= 0x7f;
    tell(TrackPacket{track, std::move(packet)});
  }
};

/// No process may open another file during its lifetime.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{3, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(LoneFailure, ABadVideoTrackEndsAloneWithItsReason) {
  int failed = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    writer_.reset();
    close(dir_fd_);
    dir_fd_ = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    now_ms_ = 0;
    std::mt19937 random(seed);
    begin({});
    tell(TrackBegins{opus_track(1, "alice")});
    tell(TrackBegins{{2, "eve", "", "video", "h264", "", 90'000, 0}});
    for (int i = 0; i < 200; ++i) {
      talk({1}, 20);
      tell_random_picture(2, random);
    }
    tell(StopRequested{"request"});
    const Manifest manifest = finish();
    ASSERT_EQ(manifest.state, State::Finished) << manifest.detail;
    EXPECT_NEAR(static_cast<double>(file_of(manifest, "audio-1-alice.webm").duration_ms), 4000,
                130);
    EXPECT_EQ(track_of(manifest, "alice").problem, "");
    const TrackEntry& eve = track_of(manifest, "eve");
    if (eve.problem.empty()) continue;
    ++failed;
    EXPECT_EQ(eve.problem, "bad-stream");
    EXPECT_NE(eve.detail, "");
    EXPECT_NE(manifest.detail, "");
    EXPECT_EQ(on_disk().tracks.at(1).problem, "bad-stream");
  }
  EXPECT_GT(failed, 5) << "the test has to find what it is about";
}

TEST_F(LoneFailure, WithoutDescriptorsATrackHasNoFileAndTheOthersGoOn) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, kOneSecondMs);
  {
    const NoDescriptors none;
    tell(TrackBegins{opus_track(2, "bob")});
    talk({1, 2}, 5 * kOneSecondMs);
    EXPECT_FALSE(writer_->wants_to_end()) << "the manifest is written later";
  }
  talk({1, 2}, kOneSecondMs);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  EXPECT_EQ(track_of(manifest, "bob").problem, "too-many-files");
  EXPECT_NEAR(static_cast<double>(file_of(manifest, "audio-1-alice.webm").duration_ms), 7000, 130);
  EXPECT_EQ(to_json(on_disk()), to_json(manifest));
}

TEST_F(LoneFailure, AnEncryptedTrackIsNotRecordedAndTheOthersAre) {
  begin({.tracks = true, .mix = true});
  tell(TrackBegins{opus_track(1, "alice")});
  TrackInfo encrypted = opus_track(2, "bob");
  encrypted.is_encrypted = true;
  tell(TrackBegins{encrypted});
  talk({1, 2}, 5 * kOneSecondMs);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  EXPECT_EQ(track_of(manifest, "alice").problem, "");
  const TrackEntry& bob = track_of(manifest, "bob");
  EXPECT_EQ(bob.problem, "encrypted");
  EXPECT_NE(bob.detail, "");
  EXPECT_EQ(bob.file, "");
}

TEST_F(LoneFailure, WithoutADecoderATrackIsInItsFileAndNotInTheMix) {
  begin({.tracks = true, .mix = true});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, kOneSecondMs);
  has_decoders = false;
  tell(TrackBegins{opus_track(2, "bob")});
  Packet sound = voice(2);
  sound.payload.assign(40, 0x55);  // Silence needs no decoder.
  sound.payload[0] = 0x78;
  tell(TrackPacket{2, std::move(sound)});
  talk({1, 2}, 5 * kOneSecondMs);
  has_decoders = true;
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  const TrackEntry& bob = track_of(manifest, "bob");
  EXPECT_EQ(bob.problem, "decoder");
  EXPECT_NE(bob.detail.find("memory"), std::string::npos) << bob.detail;
  EXPECT_EQ(bob.packets, 251U);
  EXPECT_EQ(track_of(manifest, "alice").problem, "");
  EXPECT_NEAR(static_cast<double>(file_of(manifest, "audio-2-bob.webm").duration_ms), 6000, 130);
  EXPECT_NEAR(static_cast<double>(file_of(manifest, "mix.webm").duration_ms), 6000, 400);
}

TEST_F(LoneFailure, NamesWhatEndsARecordingWithoutDescriptors) {
  begin({});
  tell(StopRequested{"request"});
  look();
  {
    const NoDescriptors none;
    writer_->finish(kOrigin + kMs);
  }
  const Manifest manifest = writer_->manifest(kOrigin + kMs);
  EXPECT_EQ(manifest.state, State::Failed);
  EXPECT_EQ(manifest.ended_by, "too-many-files");
}

TEST_F(LoneFailure, SaysThatATimestampsClockIsWrongAndFollowsIt) {
  begin({});
  ticks_per_ms_ = 8;  // +160 a packet.
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, 60 * kOneSecondMs);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  const TrackEntry& track = track_of(manifest, "alice");
  EXPECT_EQ(track.problem, "wrong-clock");
  EXPECT_NE(track.detail.find("8000"), std::string::npos) << track.detail;
  EXPECT_EQ(track.packets, 3000U);
  EXPECT_GT(track.losses.left_out, 100U) << "before it was noticed";
  EXPECT_LT(track.losses.left_out, 400U) << "not five of six";
  EXPECT_GT(track.losses.restarts, 0U);
}

TEST_F(LoneFailure, FollowsATrackToAnotherSource) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, 5 * kOneSecondMs);
  ssrc_ = 77;
  sequence_[1] -= 2000;  // As if they came late.
  talk({1}, 5 * kOneSecondMs);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  const TrackEntry& track = track_of(manifest, "alice");
  EXPECT_EQ(track.packets, 500U);
  EXPECT_EQ(track.losses.late, 0U);
  EXPECT_EQ(track.losses.lost, 0U);
  EXPECT_EQ(track.losses.restarts, 1U);
  EXPECT_TRUE(track.gaps.empty());
}

TEST_F(LoneFailure, CountsWhatComesTooLateOrIsNotTheTracks) {
  const auto foreign = std::make_shared<std::atomic<uint64_t>>(5);
  begin({.tracks = true, .mix = true});
  TrackInfo info = opus_track(1, "alice");
  info.foreign = foreign;
  tell(TrackBegins{info});
  talk({1}, 2 * kOneSecondMs);
  *foreign += 7;
  Packet late = voice(1);
  late.sequence = 10;
  late.timestamp = 10 * 960;
  tell(TrackPacket{1, std::move(late)});
  Packet malformed = voice(1);
  malformed.payload = {0x4b, 0};
  tell(TrackPacket{1, std::move(malformed)});
  talk({1}, 2 * kOneSecondMs);
  tell(StopRequested{"request"});
  finish();
  const Losses losses = on_disk().tracks.at(0).losses;
  EXPECT_EQ(losses.foreign, 7U);
  EXPECT_EQ(losses.refused, 1U);
  EXPECT_EQ(losses.late, 0U) << "it was a duplicate";
}

TEST_F(LoneFailure, CountsFramesThatAreTooLateForTheMix) {
  begin({.tracks = false, .mix = true});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, 2 * kOneSecondMs);
  // The network holds packets back for two seconds, and none is lost.
  std::vector<Packet> held;
  for (int i = 0; i < 100; ++i) {
    now_ms_ += 20;
    held.push_back(voice(1));
    if (now_ms_ % 100 == 0) look();
  }
  for (Packet& packet : held) {
    packet.arrival_ns = kOrigin + now_ms_ * kMs;
    tell(TrackPacket{1, std::move(packet)});
  }
  talk({1}, kOneSecondMs);
  tell(StopRequested{"request"});
  const Losses losses = track_of(finish(), "alice").losses;
  EXPECT_GT(losses.mix_dropped + losses.left_out, 20U);
}

TEST_F(LoneFailure, SaysThatATapHasFailed) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, kOneSecondMs);
  tell(TrackEnds{1, 4, "the element appsink0 failed"});
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_EQ(track_of(manifest, "alice").problem, "failure");
  EXPECT_EQ(track_of(manifest, "alice").detail, "the element appsink0 failed");
  EXPECT_EQ(track_of(manifest, "alice").losses.dropped, 4U);
  EXPECT_NE(manifest.detail, "");
}

TEST_F(LoneFailure, MutesInALoopDoNotFillMemory) {
  TrackTimes times;
  for (int64_t i = 0; i < 100'000; ++i) times.set_muted(i % 2 == 0, i * kMs);
  times.set_muted(false, 100'000 * kMs);
  EXPECT_TRUE(times.was_muted({0, 1}));
  EXPECT_TRUE(times.was_muted({99'000, 99'001})) << "further ones are part of the last";
  EXPECT_FALSE(times.was_muted({100'001, 100'002}));
}

}  // namespace
}  // namespace veche::recording
