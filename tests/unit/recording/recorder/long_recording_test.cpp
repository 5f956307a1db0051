// SPDX-License-Identifier: Apache-2.0
// Recordings of many hours, in virtual time: late joins, pauses, backlogs and people that rejoin.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "../../allocated_bytes.hpp"
#include "../../repetitions.hpp"
#include "writer_fixture.hpp"

namespace veche::recording {
namespace {

using test::allocated_bytes;
using test::repetitions;

constexpr int64_t kSecondMs = 1000, kMinuteMs = 60 * kSecondMs, kHourMs = 60 * kMinuteMs;

uint64_t bytes_in(const std::string& folder) {
  uint64_t sum = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) sum += entry.file_size();
  return sum;
}

TEST_F(WorkTest, AParticipantThatJoinsAfterManyHoursHasAFileThatBeginsThere) {
  begin({});
  pass(18 * kHourMs, 60 * kSecondMs);
  tell(TrackBegins{opus_track(1, "alice")});
  pass(kHourMs, 60 * kSecondMs);  // Muted at first.
  talk({1}, 10 * kSecondMs);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();

  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  const FileEntry& file = file_of(manifest, "audio-1-alice.webm");
  EXPECT_NEAR(static_cast<double>(file.start_ms), 19 * kHourMs, 60);
  EXPECT_NEAR(static_cast<double>(file.duration_ms), 10 * kSecondMs, 60);
  EXPECT_LT(file.bytes, 40'000U) << "no silence of hours";
  EXPECT_NEAR(static_cast<double>(track_of(manifest, "alice").span.start_ms), 19 * kHourMs, 60);
  EXPECT_EQ(parse_manifest(to_json(manifest)).files.at(0).start_ms, manifest.files.at(0).start_ms);
}

TEST_F(WorkTest, ATrackThatBeginsWithinTheFirstMinuteHasSilenceBefore) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  pass(50 * kSecondMs, 100);
  talk({1}, kSecondMs);
  tell(StopRequested{"request"});
  const FileEntry file = file_of(finish(), "audio-1-alice.webm");
  EXPECT_EQ(file.start_ms, 0);
  EXPECT_NEAR(static_cast<double>(file.duration_ms), 51 * kSecondMs, 130);
}

TEST_F(WorkTest, ATrackWithoutAPacketHasNoFile) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  pass(2 * kHourMs, kSecondMs);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_TRUE(manifest.files.empty());
  EXPECT_EQ(track_of(manifest, "alice").packets, 0U);
}

TEST_F(WorkTest, FillsAPauseOfHoursInStepsOfBoundedMemory) {
  const int64_t pause_ms = repetitions(12 * kHourMs);
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  talk({1}, kSecondMs);
  // As after a suspended machine: nothing is handled for half a day, then packets come.
  now_ms_ += pause_ms;
  const size_t before = allocated_bytes();
  talk({1}, 100);
  EXPECT_LT(allocated_bytes(), before + (4U << 20));
  talk({1}, kSecondMs);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  EXPECT_NEAR(static_cast<double>(file_of(manifest, "audio-1-alice.webm").duration_ms),
              static_cast<double>(pause_ms + 2 * kSecondMs), 200);
}

TEST_F(WorkTest, ABacklogOfOneTrackIsNoFullDisk) {
  begin({});
  tell(TrackBegins{opus_track(1, "alice")});
  for (int i = 0; i < 12'000; ++i) {
    now_ms_ += 20;
    Packet packet = voice(1);
    // 12 MiB of packets wait when the disk is fast again.
    packet.payload = {0x48};
    packet.payload.resize(1100, 7);
    tell(TrackPacket{1, std::move(packet)});
  }
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  EXPECT_GT(file_of(manifest, "audio-1-alice.webm").bytes, 12'000'000U);
}

TEST_F(WorkTest, ADayOfPeopleThatRejoinNeedsNoMoreMemoryThanItsEntriesInTheManifest) {
  begin({});
  size_t first_hour = 0;
  uint64_t track = 0;
  while (now_ms_ < repetitions(24 * kHourMs)) {
    ++track;
    tell(TrackBegins{opus_track(track, "p" + std::to_string(track % 75))});
    for (int i = 0; i < 6; ++i) {
      now_ms_ += 400;
      tell(TrackPacket{track, voice(track)});
    }
    look();
    tell(TrackEnds{track, 0, ""});
    pass(8 * kMinuteMs - 2400, 11'940);
    if (first_hour == 0 && now_ms_ >= kHourMs) first_hour = allocated_bytes();
  }
  const size_t last_hour = allocated_bytes();
  EXPECT_GE(track, repetitions(180U));
  EXPECT_LT(last_hour, first_hour + track * 1500);
  EXPECT_LT(bytes_in(folder_), track * 4000);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  EXPECT_EQ(manifest.tracks.size(), track);
}

TEST_F(WorkTest, TracksBeyondTheMostAreInTheMixAndCounted) {
  begin({.tracks = true, .mix = true});
  for (uint64_t track = 1; track <= RecordingWriter::kMaxTracks + 3; ++track) {
    tell(TrackBegins{opus_track(track, "alice")});
    tell(TrackEnds{track, 0, ""});
  }
  look();
  const uint64_t last = RecordingWriter::kMaxTracks + 4;
  tell(TrackBegins{opus_track(last, "bob")});
  talk({last}, 2 * kSecondMs);
  tell(StopRequested{"request"});
  const Manifest manifest = finish();
  EXPECT_EQ(manifest.state, State::Finished) << manifest.detail;
  EXPECT_EQ(manifest.tracks.size(), RecordingWriter::kMaxTracks);
  EXPECT_EQ(manifest.more_tracks, 4U);
  EXPECT_EQ(manifest.files.size(), 1U) << "the mix";
}

TEST_F(WorkTest, WritesItsManifestWhenThereIsNewsAndElseRarely) {
  begin({});
  std::set<std::pair<ino_t, int64_t>> written;
  const auto note = [&] {
    struct stat status {};
    ASSERT_EQ(stat((folder_ + "/manifest.json").c_str(), &status), 0);
    written.emplace(status.st_ino, status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec);
  };
  tell(TrackBegins{opus_track(1, "alice")});
  for (int i = 0; i < 600; ++i) {
    talk({1}, kSecondMs);
    note();
  }
  EXPECT_LE(written.size(), 25U) << "in ten minutes in which nothing happens";
  written.clear();
  tell(TrackBegins{opus_track(2, "bob")});
  talk({1, 2}, 3 * kSecondMs);
  EXPECT_EQ(on_disk().tracks.size(), 2U) << "a kill now would lose whose file it is";
}

TEST_F(WorkTest, NotesThatTheClockWasSetMeanwhile) {
  begin({});
  talk({}, 10 * kSecondMs);
  tell(StopRequested{"request"});
  look();
  constexpr int64_t kYearsMs = int64_t{56} * 365 * 24 * kHourMs;
  writer_->finish(kOrigin + now_ms_ * kMs, manifest_.started_unix_ms + 10 * kSecondMs + kYearsMs);
  EXPECT_EQ(on_disk().clock_step_ms, kYearsMs);
  EXPECT_EQ(on_disk().duration_ms, 10 * kSecondMs);
}

}  // namespace
}  // namespace veche::recording
