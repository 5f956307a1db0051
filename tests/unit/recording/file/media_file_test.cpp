// SPDX-License-Identifier: Apache-2.0
// A file on the disk: when it is written, how it ends, and what remains when the disk is full.
#include "recording/file/media_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "file_size_limit.hpp"
#include "matroska_walk.hpp"
#include "media_tools.hpp"
#include "open_dir.hpp"
#include "recording/file/io_failure.hpp"

namespace veche::recording {
namespace {

constexpr int64_t kMs = 1'000'000;

MediaFile make_file(const OpenDir& directory, const std::string& stem = "1") {
  return MediaFile(directory.fd(), stem, opus_format(), "Ana", 1'700'000'000'000);
}

/// Frames from one place to another, with a tick after each, as in a live call.
void append(MediaFile& file, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; ++i) {
    file.write(opus_frame(i));
    file.tick((i + 1) * kFrame_ns);
  }
}

TEST(MediaFile, CommitsFramesWhenTheyAreSevenHundredMillisecondsOld) {
  const OpenDir directory;
  MediaFile file = make_file(directory);
  const std::string path = directory.file(file.name());
  append(file, 0, 34);
  EXPECT_EQ(walk(content_of(path)).times_ms.size(), 0U);
  append(file, 34, 35);
  EXPECT_EQ(walk(content_of(path)).times_ms.size(), 35U);
  EXPECT_EQ(file.duration_ms(), 700);
  EXPECT_EQ(file.bytes(), std::filesystem::file_size(path));
}

TEST(MediaFile, CommitsWhatCameBeforeASilence) {
  const OpenDir directory;
  MediaFile file = make_file(directory);
  append(file, 0, 1);
  file.tick(720 * kMs);
  EXPECT_EQ(walk(content_of(directory.file(file.name()))).times_ms.size(), 1U);
  const auto before = std::filesystem::last_write_time(directory.file(file.name()));
  for (int64_t at = 720; at < 100'000; at += 100) file.tick(at * kMs);
  EXPECT_EQ(std::filesystem::last_write_time(directory.file(file.name())), before);
}

TEST(MediaFile, IsFinishedWithDurationAndIndex) {
  const OpenDir directory;
  MediaFile file = make_file(directory);
  append(file, 0, 1510);
  file.finish();
  const std::string path = directory.file("1.webm");
  const WalkedFile walked = walk(content_of(path));
  EXPECT_TRUE(walked.index_is_found);
  EXPECT_EQ(walked.duration_ms, 30200);
  EXPECT_EQ(walked.times_ms.size(), 1510U);
  EXPECT_STREQ(file.content_type(), "audio/webm");
  EXPECT_EQ(file.bytes(), std::filesystem::file_size(path));
  if (!has_ffmpeg()) GTEST_SKIP() << "ffmpeg is not installed";
  EXPECT_EQ(complaints(path), "");
  EXPECT_NEAR(duration_ms(path), 30200, 0.5);
  EXPECT_TRUE(
      contains(output_of("ffmpeg -nostdin -ss 15 -i '" + path + "' -f null -"), "time=00:00:15.2"));
}

TEST(MediaFile, WithoutAFrameIsStillAFile) {
  const OpenDir directory;
  MediaFile file = make_file(directory);
  file.finish();
  EXPECT_TRUE(walk(content_of(directory.file("1.webm"))).times_ms.empty());
}

TEST(MediaFile, IsNamedAndTypedByItsCodec) {
  const OpenDir directory;
  const struct {
    Format format;
    const char *name, *type;
  } cases[] = {
      {opus_format(), "x.webm", "audio/webm"},
      {{.codec = Codec::Vp8, .width = 2, .height = 2}, "x.webm", "video/webm"},
      {{.codec = Codec::Vp9, .width = 2, .height = 2}, "x.webm", "video/webm"},
      {{.codec = Codec::Av1, .width = 2, .height = 2, .codec_private = {1}},
       "x.webm",
       "video/webm"},
      {{.codec = Codec::H264, .width = 2, .height = 2, .codec_private = {1}},
       "x.mkv",
       "video/x-matroska"},
  };
  for (const auto& expected : cases) {
    const MediaFile file(directory.fd(), "x", expected.format, "", 0);
    EXPECT_EQ(file.name(), expected.name);
    EXPECT_STREQ(file.content_type(), expected.type);
    ASSERT_EQ(unlink(directory.file(expected.name).c_str()), 0);
  }
}

TEST(MediaFile, NeverWritesThroughALinkOrOverAFile) {
  const OpenDir directory;
  directory.write("victim", "precious");
  std::filesystem::create_symlink(directory.file("victim"), directory.file("1.webm"));
  const Refusal refusal = refusal_of([&] { make_file(directory); });
  EXPECT_EQ(refusal.code, VECHE_E_INTERNAL);
  EXPECT_TRUE(contains(refusal.why, "1.webm")) << refusal.why;
  EXPECT_EQ(content_of(directory.file("victim")).size(), 8U);
}

TEST(MediaFile, OnAFullDiskSaysSoAndGoesOnWithoutALossWhenThereIsRoom) {
  const OpenDir directory;
  MediaFile file = make_file(directory);
  append(file, 0, 70);
  {
    const FileSizeLimit limit(file.bytes() + 700);
    const Refusal refusal = refusal_of([&] { append(file, 70, 105); });
    EXPECT_EQ(refusal.code, VECHE_E_EXHAUSTED);
    EXPECT_TRUE(contains(refusal.why, "1.webm")) << refusal.why;
    EXPECT_EQ(walk(content_of(directory.file("1.webm"))).times_ms.size(), 70U);
  }
  append(file, 105, 175);
  file.finish();
  EXPECT_EQ(walk(content_of(directory.file("1.webm"))).times_ms.size(), 175U);
}

TEST(MediaFile, FinishedOnAFullDiskEndsWithItsLastCommit) {
  const OpenDir directory;
  MediaFile file = make_file(directory);
  append(file, 0, 70);
  const uint64_t committed = file.bytes();
  {
    const FileSizeLimit limit(committed + 10);
    for (int64_t i = 70; i < 80; ++i) file.write(opus_frame(i));
    EXPECT_EQ(refusal_of([&] { file.finish(); }).code, VECHE_E_EXHAUSTED);
  }
  const std::string path = directory.file("1.webm");
  EXPECT_EQ(std::filesystem::file_size(path), committed);
  EXPECT_EQ(walk(content_of(path)).times_ms.size(), 70U);
  if (has_ffmpeg()) {
    EXPECT_EQ(complaints(path), "");
  }
}

TEST(MediaFile, KeepsBoundedMemoryWhenTheDiskTakesNothing) {
  const OpenDir directory;
  MediaFile file(directory.fd(), "1", {.codec = Codec::Vp8, .width = 2, .height = 2}, "", 0);
  const Frame frame{.bytes = std::vector<uint8_t>(1 << 20)};
  const FileSizeLimit limit(file.bytes() + 1000);
  int taken = 0;
  EXPECT_EQ(refusal_of([&] {
              for (; taken < 100; ++taken) file.write(frame);
            }).code,
            VECHE_E_EXHAUSTED);
  EXPECT_EQ(taken, 8);
}

TEST(MediaFile, WritesABacklogThatIsLongerThanItsMemory) {
  const OpenDir directory;
  MediaFile file(directory.fd(), "1", {.codec = Codec::Vp8, .width = 2, .height = 2}, "", 0);
  const Frame frame{.bytes = std::vector<uint8_t>(1 << 20)};
  for (int i = 0; i < 30; ++i) file.write(frame);
  EXPECT_GT(std::filesystem::file_size(directory.file(file.name())), 20U << 20);
  file.finish();
  EXPECT_EQ(walk(content_of(directory.file("1.webm"))).times_ms.size(), 30U);
}

TEST(MediaFile, NoticesThatItsFolderWasRemoved) {
  const OpenDir directory;
  MediaFile file = make_file(directory);
  append(file, 0, 34);
  std::filesystem::remove_all(directory.path());
  const Refusal refusal = refusal_of([&] { append(file, 34, 36); });
  EXPECT_EQ(refusal.code, VECHE_E_GONE);
  EXPECT_TRUE(contains(refusal.why, "1.webm")) << refusal.why;
}

}  // namespace
}  // namespace veche::recording
