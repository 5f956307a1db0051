// SPDX-License-Identifier: Apache-2.0
// Checksums come after a recording has ended, and stop when they have to.
#include "recording/store/checksums.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "open_dir.hpp"
#include "recording/file/atomic_file.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/store/store.hpp"

namespace veche::recording {
namespace {

Manifest ended(State state = State::Finished) {
  Manifest manifest;
  manifest.id = "r";
  manifest.state = state;
  manifest.files = {{.name = "1.webm"}, {.name = "mix.webm"}};
  manifest.speech = {{"ana", {20, 80}}};
  return manifest;
}

class ChecksumsTest : public testing::Test {
 protected:
  void save(const Manifest& manifest) {
    directory_.write("1.webm", "sound");
    directory_.write("mix.webm", "more sound");
    Store::save(directory_.fd(), manifest);
  }
  Manifest on_disk() { return parse_manifest(read_whole(directory_.fd(), kManifestName, 100'000)); }
  OpenDir directory_;
  std::atomic<bool> stopped_{false};
};

TEST_F(ChecksumsTest, AreAddedToWhatHasEnded) {
  save(ended());
  const auto manifest = add_checksums(directory_.fd(), stopped_);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->files.at(0).sha256, sha256(directory_.fd(), "1.webm"));
  EXPECT_EQ(manifest->files.at(1).sha256, sha256(directory_.fd(), "mix.webm"));
  EXPECT_EQ(to_json(on_disk()), to_json(*manifest)) << "nothing else has changed";
  EXPECT_FALSE(lacks_checksums(*manifest));
}

TEST_F(ChecksumsTest, LackOnlyWhereARecordingHasEnded) {
  EXPECT_TRUE(lacks_checksums(ended()));
  EXPECT_TRUE(lacks_checksums(ended(State::Failed)));
  EXPECT_FALSE(lacks_checksums(ended(State::Interrupted)));
  EXPECT_FALSE(lacks_checksums(ended(State::Recording)));
}

TEST_F(ChecksumsTest, StopAtOnceAndChangeNothing) {
  save(ended());
  stopped_ = true;
  EXPECT_FALSE(add_checksums(directory_.fd(), stopped_));
  EXPECT_TRUE(lacks_checksums(on_disk()));
}

TEST_F(ChecksumsTest, AreNoneOfARecordingThatWasRemoved) {
  EXPECT_FALSE(add_checksums(directory_.fd(), stopped_));
  EXPECT_FALSE(std::filesystem::exists(directory_.file(kManifestName)));
}

TEST_F(ChecksumsTest, AreNoneWhereTheLastManifestIsMissing) {
  save(ended(State::Recording));
  EXPECT_FALSE(add_checksums(directory_.fd(), stopped_));
  EXPECT_EQ(on_disk().state, State::Recording);
}

TEST_F(ChecksumsTest, LeaveOutAFileThatSomebodyHasDeleted) {
  save(ended());
  ASSERT_EQ(unlink(directory_.file("mix.webm").c_str()), 0);
  const auto manifest = add_checksums(directory_.fd(), stopped_);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->files.at(0).sha256.size(), 64U);
  EXPECT_EQ(manifest->files.at(1).sha256, "");
}

TEST_F(ChecksumsTest, NameAFileThatCannotBeRead) {
  save(ended());
  ASSERT_EQ(unlink(directory_.file("mix.webm").c_str()), 0);
  std::filesystem::create_directory(directory_.file("mix.webm"));
  EXPECT_TRUE(
      contains(refusal_of([&] { add_checksums(directory_.fd(), stopped_); }).why, "mix.webm"));
}

}  // namespace
}  // namespace veche::recording
