// SPDX-License-Identifier: Apache-2.0
// A file is whole in every state while it is written.
#include "recording/file/matroska.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "../../repetitions.hpp"
#include "matroska_walk.hpp"
#include "media_tools.hpp"
#include "temporary_dir.hpp"
#include "veche/cpp/failure.hpp"

namespace veche::recording {
namespace {

constexpr size_t kSector = 512;  ///< A disk writes it atomically.

struct History {
  std::vector<Matroska::Write> writes;
  std::vector<double> durations_ms{0};  ///< After each commit.
};

void append(History& history, const Matroska::Commit& commit) {
  history.writes.push_back(commit.data);
  history.writes.insert(history.writes.end(), commit.marks.begin(), commit.marks.end());
}

History record(int64_t frames, int64_t commit_every) {
  Matroska matroska(opus_format(), "Ana", 1'700'000'000'000);
  History history;
  history.writes.push_back(matroska.header());
  for (int64_t i = 0; i < frames; ++i) {
    matroska.add(opus_frame(i));
    if ((i + 1) % commit_every != 0 && i + 1 != frames) continue;
    append(history, matroska.commit());
    matroska.committed();
    history.durations_ms.push_back(static_cast<double>(matroska.duration_ns()) / 1e6);
  }
  append(history, matroska.finish());
  return history;
}

/// The file after this many writes, and this many bytes of the next one.
std::vector<uint8_t> at_point(const History& history, size_t writes, size_t bytes) {
  std::vector<uint8_t> file;
  for (size_t i = 0; i <= writes && i < history.writes.size(); ++i) {
    const Matroska::Write& write = history.writes[i];
    const size_t count = i < writes ? write.bytes.size() : bytes;
    if (count == 0) continue;
    file.resize(std::max(file.size(), write.position + count));
    std::copy_n(write.bytes.begin(), count,
                file.begin() + static_cast<std::ptrdiff_t>(write.position));
  }
  return file;
}

struct Point {
  size_t writes, bytes;
};

/// A write within one sector happens entirely or not at all; a longer one is cut anywhere.
Point random_point(const History& history, std::mt19937& random) {
  const size_t writes = 1 + random() % history.writes.size();
  if (writes == history.writes.size()) return {writes, 0};
  const Matroska::Write& next = history.writes[writes];
  const bool whole = next.position / kSector == (next.position + next.bytes.size() - 1) / kSector;
  return {writes, whole ? 0 : random() % next.bytes.size()};
}

TEST(Matroska, ChangesWhatIsWrittenOnlyWithinOneSectorAtATime) {
  const History history = record(1500, 35);
  uint64_t end = 0;
  for (const Matroska::Write& write : history.writes) {
    if (write.position >= end) {
      end = write.position + write.bytes.size();
    } else {
      EXPECT_EQ(write.position / kSector, (write.position + write.bytes.size() - 1) / kSector);
    }
  }
}

TEST(Matroska, IsWholeAfterEveryPrefixOfItsWrites) {
  for (const int64_t commit_every : {int64_t{1}, int64_t{35}, int64_t{130}}) {
    const History history = record(1500, commit_every);
    std::mt19937 random(7);
    for (int i = 0; i < test::repetitions(1000); ++i) {
      const Point point = random_point(history, random);
      WalkedFile file;
      ASSERT_NO_THROW(file = walk(at_point(history, point.writes, point.bytes)))
          << point.writes << " writes and " << point.bytes << " bytes";
      ASSERT_EQ(
          std::count(history.durations_ms.begin(), history.durations_ms.end(), file.duration_ms),
          1);
      ASSERT_EQ(static_cast<double>(file.times_ms.size()) * 20, file.duration_ms);
      for (size_t block = 0; block < file.times_ms.size(); ++block) {
        ASSERT_EQ(file.times_ms[block], static_cast<int64_t>(block) * 20);
      }
    }
  }
}

TEST(Matroska, IsReadByFfmpegWithoutAWordAfterEveryPrefixOfItsWrites) {
  if (!has_ffmpeg()) GTEST_SKIP() << "ffmpeg is not installed";
  const TemporaryDir directory;
  // More than one cluster in a commit is the hardest: ffmpeg looks for the next one past the end.
  const History history = record(600, 70);
  std::mt19937 random(11);
  constexpr int kPoints = test::repetitions(50);
  for (int i = 0; i < kPoints; ++i) {
    const Point point = random_point(history, random);
    const std::vector<uint8_t> bytes = at_point(history, point.writes, point.bytes);
    const std::string path =
        directory.write("cut.webm", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    EXPECT_EQ(complaints(path), "") << point.writes << " writes and " << point.bytes << " bytes";
    EXPECT_NEAR(duration_ms(path), walk(bytes).duration_ms, 0.5);
  }
}

TEST(Matroska, HasAnIndexThatLeadsToItsClustersWhenItIsFinished) {
  const History history = record(1500, 35);
  const WalkedFile file = walk(at_point(history, history.writes.size(), 0));
  EXPECT_TRUE(file.index_is_found);
  EXPECT_EQ(file.duration_ms, 30000);
  ASSERT_EQ(file.cues.size(), 15U) << "one each two seconds";
  for (size_t i = 0; i < file.cues.size(); ++i) {
    const auto found = std::find(file.clusters.begin(), file.clusters.end(), file.cues[i]);
    ASSERT_NE(found, file.clusters.end());
    EXPECT_EQ(file.cluster_times_ms[static_cast<size_t>(found - file.clusters.begin())],
              file.cue_times_ms[i]);
  }
}

TEST(Matroska, KeepsClustersOfSoundAtMostOneSecondLong) {
  const History history = record(1500, 1500);
  const WalkedFile file = walk(at_point(history, history.writes.size(), 0));
  ASSERT_EQ(file.cluster_times_ms.size(), 31U);  // The first is the empty one of the header.
  for (size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(file.cluster_times_ms[i + 1], static_cast<int64_t>(i) * 1000);
  }
}

TEST(Matroska, BeginsAClusterAndAnEntryOfTheIndexAtEveryKeyFrame) {
  Matroska matroska({.codec = Codec::Vp8, .width = 640, .height = 360}, "", 0);
  History history{{matroska.header()}, {}};
  for (int i = 0; i < 300; ++i) {
    matroska.add({.time_ns = i * int64_t{33'333'333},
                  .duration_ns = 0,
                  .key = i % 70 == 0,
                  .bytes = std::vector<uint8_t>(100)});
  }
  append(history, matroska.commit());
  matroska.committed();
  append(history, matroska.finish());
  const WalkedFile file = walk(at_point(history, history.writes.size(), 0));
  EXPECT_EQ(file.cue_times_ms, (std::vector<int64_t>{0, 2333, 4667, 7000, 9333}));
  for (size_t i = 0; i < file.keys.size(); ++i) EXPECT_EQ(file.keys[i], i % 70 == 0);
}

TEST(Matroska, GivesAFrameFromThePastTheTimeOfTheLast) {
  Matroska matroska(opus_format(), "", 0);
  History history{{matroska.header()}, {}};
  for (const int64_t index : {10, 5, 11}) matroska.add(opus_frame(index));
  append(history, matroska.commit());
  EXPECT_EQ(walk(at_point(history, history.writes.size(), 0)).times_ms,
            (std::vector<int64_t>{200, 200, 220}));
}

TEST(Matroska, WritesTheSameCommitAgainAndThenNothingOfWhatWasDropped) {
  Matroska matroska(opus_format(), "", 0);
  matroska.add(opus_frame(0));
  EXPECT_EQ(matroska.commit().data.bytes, matroska.commit().data.bytes);
  const uint64_t end = matroska.end();
  matroska.drop_pending();
  EXPECT_FALSE(matroska.pending());
  EXPECT_EQ(matroska.end(), end);
  EXPECT_TRUE(matroska.finish().marks.empty());
}

TEST(Matroska, RefusesAFormatThatSaysTooLittle) {
  const Format wrong[] = {
      {.codec = Codec::Opus, .channels = 0},
      {.codec = Codec::Opus, .channels = 3},
      {.codec = Codec::Vp8, .width = 0, .height = 10},
      {.codec = Codec::H264, .width = 640, .height = 360},
      {.codec = Codec::Av1, .width = 640, .height = 360},
  };
  for (const Format& format : wrong) EXPECT_THROW(Matroska(format, "", 0), Failure);
}

}  // namespace
}  // namespace veche::recording
