// SPDX-License-Identifier: Apache-2.0
// Recordings are made, found again, read and removed; links and unrelated files do no harm.
#include "recording/store/store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "media_tools.hpp"
#include "open_dir.hpp"
#include "recording/file/atomic_file.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/file/media_file.hpp"
#include "recording/file/media_info.hpp"
#include "stored_recording.hpp"

namespace veche::recording {
namespace {

namespace fs = std::filesystem;

using testing::add;
using testing::kStart_ms;
using testing::kTemplate;
using testing::manifest_of;

TEST(Store, FindsWhatWasRecordedTheOldestFirst) {
  const OpenDir directory;
  Store store(directory.file("all"), kTemplate);
  for (const auto& [id, started] : {std::pair{"b", 2000}, {"a", 3000}, {"c", 1000}}) {
    Manifest manifest = manifest_of(id);
    manifest.started_unix_ms = started;
    add(store, manifest);
  }
  const Store::Scan scan = store.scan();
  EXPECT_TRUE(scan.warnings.empty());
  ASSERT_EQ(scan.recordings.size(), 3U);
  EXPECT_EQ(scan.recordings[0].manifest.id, "c");
  EXPECT_EQ(scan.recordings[0].path, "blue/1970-01-01-c");
  EXPECT_EQ(scan.recordings[2].manifest.id, "a");
}

TEST(Store, MakesItsDirectoryForItsUserAndGroupOnly) {
  const OpenDir directory;
  Store store(directory.file("all"), kTemplate);
  struct stat status {};
  ASSERT_EQ(stat(directory.file("all").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0007, 0U);
  EXPECT_GT(store.free_bytes(), 0U);
}

TEST(Store, RefusesADirectoryThatItCannotUse) {
  const OpenDir directory;
  const std::string file = directory.write("file", "");
  const std::string cases[] = {file, directory.file("none/deeper"), "/proc/self"};
  for (const std::string& path : cases) {
    const Refusal refusal = refusal_of([&] { Store(path, kTemplate); });
    EXPECT_NE(refusal.code, 0) << path;
    EXPECT_TRUE(contains(refusal.why, path)) << refusal.why;
  }
}

TEST(Store, IsForOneServerAtATime) {
  const OpenDir directory;
  {
    const Store first(directory.path(), kTemplate);
    const Refusal refusal = refusal_of([&] { Store(directory.path(), kTemplate); });
    EXPECT_EQ(refusal.code, VECHE_E_INVALID);
    EXPECT_TRUE(contains(refusal.why, "another server")) << refusal.why;
  }
  EXPECT_EQ(refusal_of([&] { Store(directory.path(), kTemplate); }).code, 0);
}

TEST(Store, NeverUsesAFolderTwice) {
  const OpenDir directory;
  Store store(directory.path(), kTemplate);
  store.create("blue", "r", kStart_ms);
  EXPECT_TRUE(contains(refusal_of([&] { store.create("blue", "r", kStart_ms); }).why, "-r"));
}

TEST(Store, DoesNotFollowLinksOutOfItsDirectory) {
  const OpenDir outside, directory;
  Store elsewhere(outside.path(), "{id}");
  add(elsewhere, manifest_of("secret"));
  fs::create_directory_symlink(outside.path(), directory.file("blue"));
  fs::create_directory_symlink(outside.file("secret"), directory.file("linked"));

  Store store(directory.path(), kTemplate);
  EXPECT_TRUE(store.scan().recordings.empty());
  EXPECT_NE(refusal_of([&] { store.create("blue", "r", kStart_ms); }).code, 0);
  EXPECT_NE(refusal_of([&] { store.open("blue/secret"); }).code, 0);
  EXPECT_NE(refusal_of([&] { store.remove("blue/secret"); }).code, 0);
  EXPECT_NE(refusal_of([&] { store.remove("linked"); }).code, 0);
  EXPECT_TRUE(fs::exists(outside.file("secret/manifest.json")));
}

TEST(Store, RefusesPathsThatLeaveItsDirectory) {
  const OpenDir directory;
  Store store(directory.file("all"), kTemplate);
  fs::create_directory(directory.file("other"));
  for (const char* path :
       {"", ".", "..", "../other", "/tmp", "a/../../other", "a//b", "a/", ".x"}) {
    EXPECT_EQ(refusal_of([&] { store.remove(path); }).code, VECHE_E_GONE) << path;
    EXPECT_EQ(refusal_of([&] { store.open(path); }).code, VECHE_E_GONE) << path;
  }
  EXPECT_TRUE(fs::exists(directory.file("other")));
}

TEST(Store, OpensOnlyFilesThatTheManifestLists) {
  const OpenDir directory;
  Store store(directory.path(), kTemplate);
  Manifest manifest = manifest_of("r");
  manifest.files = {{.name = "1.webm"}, {.name = "link.webm"}, {.name = "fifo.webm"}};
  const Stored stored{add(store, manifest), manifest};
  directory.write(stored.path + "/1.webm", "sound");
  directory.write(stored.path + "/other", "not listed");
  fs::create_symlink("/etc/passwd", directory.file(stored.path + "/link.webm"));
  ASSERT_EQ(mkfifo(directory.file(stored.path + "/fifo.webm").c_str(), 0600), 0);

  EXPECT_TRUE(store.open_file(stored, "1.webm"));
  EXPECT_TRUE(store.open_file(stored, "manifest.json"));
  for (const char* name : {"other", "../", "../1.webm", "", "link.webm", "fifo.webm"}) {
    EXPECT_NE(refusal_of([&] { store.open_file(stored, name); }).code, 0) << name;
  }
}

TEST(Store, LeavesARecordingAloneThatAnotherThreadStillWrites) {
  const OpenDir directory;
  Store store(directory.path(), kTemplate);
  std::string path;
  {
    const Store::Place place = store.create("blue", "r", kStart_ms);
    path = place.path;
    Store::save(place.folder.get(), manifest_of("r", State::Recording));
    const Store::Scan scan = store.scan();
    EXPECT_TRUE(scan.recordings.empty());
    EXPECT_EQ(scan.busy, std::vector<std::string>{path});
    EXPECT_EQ(parse_manifest(read_whole(place.folder.get(), kManifestName, 100'000)).state,
              State::Recording);
    EXPECT_EQ(store.scan_one(path).busy.size(), 1U);
  }
  EXPECT_EQ(store.scan_one(path).recordings.at(0).manifest.state, State::Interrupted);
}

TEST(Store, SavesAManifestThatIsTooLongWithoutItsLists) {
  const OpenDir directory;
  Store store(directory.path(), kTemplate);
  Manifest manifest = manifest_of("r");
  manifest.detail = "kept";
  manifest.speech.assign(1000, {std::string(10'000, 'x'), {}});
  add(store, manifest);
  const Store::Scan scan = store.scan();
  ASSERT_EQ(scan.recordings.size(), 1U);
  EXPECT_EQ(scan.recordings[0].manifest.detail, "kept");
  EXPECT_TRUE(scan.recordings[0].manifest.speech.empty());
}

TEST(Store, WarnsOfBrokenManifestsAndFindsTheOthers) {
  const OpenDir directory;
  Store store(directory.path(), kTemplate);
  add(store, manifest_of("good"));
  for (const char* name : {"cut", "link", "fifo", "folder"}) {
    fs::create_directory(directory.file(name));
  }
  directory.write("cut/manifest.json", "{\"format\":");
  fs::create_symlink("/etc/passwd", directory.file("link/manifest.json"));
  ASSERT_EQ(mkfifo(directory.file("fifo/manifest.json").c_str(), 0600), 0);
  fs::create_directory(directory.file("folder/manifest.json"));
  const Store::Scan scan = store.scan();
  EXPECT_EQ(scan.recordings.size(), 1U);
  ASSERT_EQ(scan.warnings.size(), 4U);
  for (const std::string& warning : scan.warnings) EXPECT_TRUE(contains(warning, "manifest.json"));
}

/// Frames without an end, as a killed server leaves them.
void record_unfinished(int folder, const std::string& stem, int64_t frames) {
  MediaFile file(folder, stem, opus_format(), "", kStart_ms);
  for (int64_t i = 0; i < frames; ++i) {
    file.write(opus_frame(i));
    file.tick((i + 1) * kFrame_ns);
  }
}

TEST(Store, EndsRecordingsWhoseServerDied) {
  const OpenDir directory;
  Store store(directory.path(), kTemplate);
  Manifest manifest = manifest_of("r", State::Recording);
  manifest.files = {{.name = "1.webm", .content_type = "audio/webm"}, {.name = "never.webm"}};
  TrackEntry track;
  track.id = "1";
  track.file = "1.webm";
  track.span.start_ms = 100;
  track.gaps = {{{200, 300}, "loss"}, {{800, 0}, "muted"}};
  manifest.tracks = {track};
  const std::string path = add(store, manifest);
  const Descriptor folder = store.open(path);
  record_unfinished(folder.get(), "1", 70);
  record_unfinished(folder.get(), "2", 105);  // Made after the manifest was written.
  directory.write(path + "/rubbish.webm", "not a recording");

  const Store::Scan scan = store.scan();
  ASSERT_EQ(scan.recordings.size(), 1U);
  const Manifest& ended = scan.recordings[0].manifest;
  EXPECT_EQ(ended.state, State::Interrupted);
  EXPECT_EQ(ended.duration_ms, 2100);
  EXPECT_EQ(ended.ended_unix_ms, kStart_ms + 2100);
  ASSERT_EQ(ended.files.size(), 3U);
  EXPECT_EQ(ended.files[0].duration_ms, 1400);
  EXPECT_EQ(ended.files[0].bytes, fs::file_size(directory.file(path + "/1.webm")));
  EXPECT_EQ(ended.files[1].name, "2.webm");
  EXPECT_EQ(ended.files[1].content_type, "audio/webm");
  EXPECT_EQ(ended.files[1].duration_ms, 2100);
  EXPECT_EQ(ended.tracks[0].span.end_ms, 1400);
  EXPECT_EQ(ended.tracks[0].gaps[0].span.end_ms, 300);
  EXPECT_EQ(ended.tracks[0].gaps[1].span.end_ms, 1400);
  EXPECT_EQ(scan.warnings.size(), 2U);
  EXPECT_EQ(to_json(store.scan().recordings[0].manifest), to_json(ended));
  EXPECT_TRUE(store.scan().warnings.empty());
}

TEST(Store, FindsWhereAFileBeginsThatNoManifestLists) {
  const OpenDir directory;
  Store store(directory.path(), kTemplate);
  const std::string recorded = add(store, manifest_of("r", State::Recording));
  {
    MediaFile file(store.open(recorded).get(), "1", opus_format(), "", kStart_ms + 7'200'000);
    for (int64_t i = 0; i < 70; ++i) {
      file.write(opus_frame(i));
      file.tick((i + 1) * kFrame_ns);
    }
  }
  const Manifest ended = store.scan().recordings.at(0).manifest;
  EXPECT_EQ(ended.files.at(0).start_ms, 7'200'000);
  EXPECT_EQ(ended.files.at(0).duration_ms, 1400);
  EXPECT_EQ(ended.duration_ms, 7'201'400);
}

TEST(Store, MeasuresAFileThatIsShorterThanItSays) {
  const OpenDir directory;
  Store store(directory.path(), kTemplate);
  const std::string recorded = add(store, manifest_of("r", State::Recording));
  record_unfinished(store.open(recorded).get(), "1", 350);
  const std::string path = directory.file(recorded + "/1.webm");
  fs::resize_file(path, fs::file_size(path) - 10);
  EXPECT_EQ(store.scan().recordings.at(0).manifest.duration_ms, 5600);  // The last whole cluster's.
}

TEST(MediaInfo, ReadsAnyRubbishWithoutHarm) {
  const OpenDir directory;
  record_unfinished(directory.fd(), "1", 70);
  const std::vector<uint8_t> whole = content_of(directory.file("1.webm"));
  std::mt19937 random(9);
  int understood = 0;
  for (int i = 0; i < 400; ++i) {
    std::string changed(whole.begin(), whole.end());
    for (int count = 0; count < 5; ++count) {
      changed[random() % (i % 2 == 0 ? 300 : changed.size())] = static_cast<char>(random());
    }
    directory.write("1.webm", changed);
    const std::optional<MediaInfo> info = media_info(directory.fd(), "1.webm");
    if (!info) continue;
    ++understood;
    EXPECT_EQ(info->bytes, whole.size());
    EXPECT_GE(info->duration_ms, 0);
  }
  EXPECT_GT(understood, 40);
}

}  // namespace
}  // namespace veche::recording
