// SPDX-License-Identifier: Apache-2.0
// A recording is removed with everything in its folder, and nothing else.
#include <gtest/gtest.h>

#include <filesystem>

#include "open_dir.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/store/store.hpp"
#include "stored_recording.hpp"

namespace veche::recording {
namespace {

namespace fs = std::filesystem;

using testing::add;
using testing::kTemplate;
using testing::manifest_of;

TEST(Store, RemovesARecordingAndFoldersThatAreThenEmpty) {
  const OpenDir directory;
  Store store(directory.file("all"), "{room}/{year}/{id}");
  const std::string first = add(store, manifest_of("one")), second = add(store, manifest_of("two"));
  directory.write("all/" + first + "/1.webm", "sound");
  fs::create_symlink(directory.path(), directory.file("all/" + first + "/link"));
  store.remove(first);
  EXPECT_FALSE(fs::exists(directory.file("all/" + first)));
  EXPECT_EQ(store.scan().recordings.size(), 1U);
  store.remove(second);
  EXPECT_FALSE(fs::exists(directory.file("all/blue")));
  EXPECT_TRUE(fs::exists(directory.path()));
  EXPECT_EQ(refusal_of([&] { store.remove(second); }).code, VECHE_E_GONE);
}

TEST(Store, RemovesWhatACommandHasLeftBehindToo) {
  const OpenDir outside, directory;
  outside.write("precious", "");
  Store store(directory.path(), kTemplate);
  const std::string path = add(store, manifest_of("r"));
  fs::create_directories(directory.file(path + "/upload/deep/deeper"));
  directory.write(path + "/upload/deep/manifest.json", "{}");
  directory.write(path + "/.hidden", "");
  fs::create_directory_symlink(outside.path(), directory.file(path + "/upload/linked"));
  fs::permissions(directory.file(path + "/upload/deep"), fs::perms::owner_read);
  store.remove(path);
  EXPECT_FALSE(fs::exists(directory.file(path)));
  EXPECT_TRUE(fs::exists(outside.file("precious")));
}

TEST(Store, KeepsTheManifestOfWhatItCannotRemove) {
  const OpenDir directory;
  Store store(directory.path(), kTemplate);
  const std::string path = add(store, manifest_of("r"));
  std::string deep = path;
  for (int i = 0; i < 40; ++i) deep += "/d";
  fs::create_directories(directory.file(deep));
  EXPECT_TRUE(contains(refusal_of([&] { store.remove(path); }).why, path));
  EXPECT_TRUE(fs::exists(directory.file(path + "/manifest.json"))) << "it is found again";
}

}  // namespace
}  // namespace veche::recording
