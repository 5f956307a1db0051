// SPDX-License-Identifier: Apache-2.0
// The index keeps summaries, and bounds its memory.
#include "recording/control/index.hpp"

#include <gtest/gtest.h>

namespace veche::recording {
namespace {

Manifest manifest_of(int number, size_t tracks, State state = State::Finished) {
  Manifest manifest;
  manifest.id = std::to_string(1'000'000 + number);
  manifest.state = state;
  manifest.ended_unix_ms = number;
  for (size_t i = 0; i < tracks; ++i) {
    TrackEntry& track = manifest.tracks.emplace_back();
    track.id = std::to_string(i + 1);
    track.gaps.assign(10, {{0, 1}, "loss"});
    manifest.files.push_back({.name = track.id + ".webm", .bytes = 10});
  }
  manifest.speech.assign(10, {"ana", {1, 2}});
  return manifest;
}

TEST(Index, KeepsASummaryWithoutGapsAndSpeech) {
  Index index;
  index.add("path", manifest_of(1, 2), 7);
  const Index::Entry* entry = index.find("1000001");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->manifest.tracks.size(), 2U);
  EXPECT_TRUE(entry->manifest.tracks[0].gaps.empty());
  EXPECT_TRUE(entry->manifest.speech.empty());
  EXPECT_TRUE(entry->is_whole);
  EXPECT_EQ(entry->bytes, 20U);
  EXPECT_EQ(entry->ended_boot_ms, 7);
  index.add("path", manifest_of(1, 2), 0);
  EXPECT_EQ(index.find("1000001")->ended_boot_ms, 7) << "its checksums do not make it older";
  index.erase("1000001");
  EXPECT_EQ(index.find("1000001"), nullptr);
}

TEST(Index, ListsNoMoreThanAHundredTracksOfARecording) {
  Index index;
  index.add("path", manifest_of(1, 4000), 0);
  const Index::Entry& entry = *index.find("1000001");
  EXPECT_EQ(entry.manifest.tracks.size(), Index::kMaxListed);
  EXPECT_EQ(entry.manifest.more_tracks, 3900U);
  EXPECT_EQ(entry.manifest.more_files, 3900U);
  EXPECT_FALSE(entry.is_whole) << "its other files are on the disk";
  EXPECT_EQ(entry.bytes, 40'000U);
}

TEST(Index, KeepsTheTracksOfTheNewestOnly) {
  Index index;
  const int count = static_cast<int>(Index::kMaxDetailed) + 100;
  for (int i = 0; i < count; ++i) index.add("path", manifest_of(i, 3), 0);
  EXPECT_EQ(index.entries().size(), static_cast<size_t>(count));
  EXPECT_TRUE(index.find("1000099")->manifest.tracks.empty());
  EXPECT_EQ(index.find("1000099")->manifest.more_tracks, 3U);
  EXPECT_EQ(index.find("1000099")->bytes, 30U);
  EXPECT_FALSE(index.find("1000099")->is_whole);
  EXPECT_EQ(index.find("1000100")->manifest.tracks.size(), 3U);
}

TEST(Index, ForgetsTheOldestOfTooMany) {
  constexpr size_t kMost = 1000;
  Index index(kMost);
  for (int i = 0; i < int{kMost}; ++i) ASSERT_TRUE(index.add("p", manifest_of(i, 0), 0));
  EXPECT_FALSE(index.add("p", manifest_of(999'999, 0), 0));
  EXPECT_EQ(index.entries().size(), kMost);
  EXPECT_EQ(index.find("1000000"), nullptr);
  EXPECT_EQ(index.aged().size(), kMost);
}

TEST(Index, KeepsWhatTheDiskMayNotHaveTakenOfTheLastFailures) {
  Index index;
  for (int i = 0; i < 60; ++i) index.add("path", manifest_of(i, 1, State::Failed), 5);
  EXPECT_EQ(index.find("1000009")->unsaved, nullptr);
  ASSERT_NE(index.find("1000010")->unsaved, nullptr);
  EXPECT_EQ(index.find("1000059")->unsaved->speech.size(), 10U);
  index.add("path", manifest_of(100, 1, State::Failed), 0);
  EXPECT_EQ(index.find("1000100")->unsaved, nullptr) << "it was found on the disk";
}

}  // namespace
}  // namespace veche::recording
