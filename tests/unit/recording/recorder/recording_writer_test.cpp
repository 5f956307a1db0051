// SPDX-License-Identifier: Apache-2.0
// A recording from packets to files, with the time as an argument.
#include "recording/recorder/recording_writer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "recording/file/atomic_file.hpp"
#include "recording/file/manifest_json.hpp"
#include "writer_fixture.hpp"

namespace veche::recording {
namespace {

TEST_F(WorkTest, FilesOfAllTracksBeginTogether) {
  begin({.tracks = true, .mix = true});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, 5'000);
  tell(TrackBegins{opus_track(2, "bob")});
  talk({1, 2}, 5'000);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();

  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  EXPECT_EQ(manifest.ended_by, "request");
  EXPECT_EQ(manifest.duration_ms, 10'000);
  EXPECT_EQ(manifest.ended_unix_ms, manifest.started_unix_ms + 10'000);
  EXPECT_NEAR(track_of(manifest, "bob").span.start_ms, 5'000, 40);
  for (const std::string name : {"audio-1-alice.webm", "audio-2-bob.webm", "mix.webm"}) {
    const FileEntry& file = file_of(manifest, name);
    EXPECT_NEAR(static_cast<double>(file.duration_ms), 10'000, 130) << name;
    EXPECT_EQ(file.sha256, "") << "it is read afterwards";
    EXPECT_EQ(file.bytes, std::filesystem::file_size(folder_ + "/" + name));
    EXPECT_EQ(file.content_type, "audio/webm");
  }
  EXPECT_EQ(to_json(on_disk()), to_json(manifest));
}

TEST_F(WorkTest, TellsHowFarItIs) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, 4'000);
  const Manifest progress = writer_->manifest(kOrigin + now_ms_ * kMs);
  EXPECT_EQ(progress.state, State::Recording);
  EXPECT_EQ(progress.duration_ms, 4'000);
  ASSERT_EQ(progress.files.size(), 1U);
  EXPECT_GT(progress.files[0].duration_ms, 2'500) << "what is on the disk is not 2 s behind";
  EXPECT_EQ(track_of(progress, "alice").level_dbov, -20);
  EXPECT_EQ(on_disk().state, State::Recording);
}

TEST_F(WorkTest, SaysWhyATrackHasGaps) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  tell(TrackBegins{opus_track(2, "bob")});
  talk({1, 2}, 2'000);
  tell(MuteChanged{"alice", true, kOrigin + 2'000 * kMs});
  talk({}, 3'000);
  tell(MuteChanged{"alice", false, kOrigin + 5'000 * kMs});
  talk({1, 2}, 2'000);
  batch_.overflow = Overflow{kOrigin + 7'000 * kMs, kOrigin + 9'000 * kMs, 100};
  look();
  talk({}, 2'000);
  talk({1, 2}, 1'000);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();

  const std::vector<Gap>& alice = track_of(manifest, "alice").gaps;
  ASSERT_EQ(alice.size(), 2U);
  EXPECT_EQ(alice[0].reason, "muted");
  EXPECT_NEAR(alice[0].span.start_ms, 2'000, 60);
  EXPECT_NEAR(alice[0].span.end_ms, 5'000, 60);
  EXPECT_EQ(alice[1].reason, "disk");
  const std::vector<Gap>& bob = track_of(manifest, "bob").gaps;
  ASSERT_EQ(bob.size(), 2U);
  EXPECT_EQ(bob[0].reason, "no-packets");
}

TEST_F(WorkTest, KeepsAFileForEachTrackOfSomebodyWhoComesBack) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, 1'000);
  tell(TrackEnds{1, 3, ""});
  talk({}, 1'000);
  tell(TrackBegins{opus_track(2, "alice")});
  talk({2}, 1'000);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  ASSERT_EQ(manifest.tracks.size(), 2U);
  EXPECT_EQ(manifest.tracks[0].losses.dropped, 3U);
  EXPECT_LT(file_of(manifest, "audio-1-alice.webm").duration_ms, 1'200);
  EXPECT_NEAR(static_cast<double>(file_of(manifest, "audio-2-alice.webm").duration_ms), 3'000, 130);
}

TEST_F(WorkTest, TakesNothingFromBeforeItBegan) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  now_ms_ = -400;  // They were in flight when it started.
  talk({1}, 1'400);
  tell(StopRequested{"request"});
  finish();
  const Manifest manifest = on_disk();
  EXPECT_NEAR(static_cast<double>(file_of(manifest, "audio-1-alice.webm").duration_ms), 1'000, 30);
  ASSERT_EQ(manifest.speech.size(), 1U);
  EXPECT_GE(manifest.speech[0].span.start_ms, 0);
}

TEST_F(WorkTest, EndsAtItsLimits) {
  begin({.max_duration_s = 3});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, 2'900);
  EXPECT_FALSE(writer_->wants_to_end());
  talk({1}, 1'100);
  EXPECT_TRUE(writer_->wants_to_end());
  EXPECT_EQ(finish().ended_by, "max-duration");
}

TEST_F(WorkTest, EndsWhenItsFilesAreLarge) {
  begin({.max_bytes = 2'000});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, 20'000);
  EXPECT_TRUE(writer_->wants_to_end());
  EXPECT_EQ(finish().ended_by, "max-bytes");
}

TEST_F(WorkTest, EndsWhenTheDiskIsNearlyFull) {
  begin({}, {.min_free_bytes = UINT64_MAX});
  talk({}, 1'100);
  EXPECT_TRUE(writer_->wants_to_end());
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Failed);
  EXPECT_EQ(manifest.ended_by, "disk-full");
  EXPECT_NE(manifest.detail.find("min_free_bytes"), std::string::npos);
}

TEST_F(WorkTest, FailsWhenItsFolderIsGone) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, 1'000);
  std::filesystem::remove_all(folder_);
  talk({1}, 4'000);
  EXPECT_TRUE(writer_->wants_to_end());
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Failed);
  EXPECT_EQ(manifest.ended_by, "failure");
  EXPECT_FALSE(manifest.detail.empty());
}

TEST_F(WorkTest, FailsWithAReasonWhenThereIsNoEncoder) {
  begin({.tracks = true, .mix = true}, {.mix_bitrate_bps = -5});
  EXPECT_TRUE(writer_->wants_to_end());
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Failed);
  EXPECT_EQ(manifest.ended_by, "failure");
  EXPECT_FALSE(manifest.detail.empty());
  EXPECT_EQ(on_disk().state, State::Failed);
}

TEST_F(WorkTest, TakesACodecThatItDoesNotKnowAsATrackWithoutAFile) {
  begin({});
  tell(TrackBegins{{5, "eve", "", "audio", "speex", "", 16'000, 1}});
  talk({5}, 500);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  EXPECT_EQ(track_of(manifest, "eve").file, "");
  EXPECT_TRUE(manifest.files.empty());
}

}  // namespace
}  // namespace veche::recording
