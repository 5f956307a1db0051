// SPDX-License-Identifier: Apache-2.0
// Small files: replaced as a whole, read with a limit, and no links followed.
#include "recording/file/atomic_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "file_size_limit.hpp"
#include "open_dir.hpp"

namespace veche::recording {
namespace {

TEST(AtomicFile, ReplacesAFileAndLeavesNothingElse) {
  const OpenDir directory;
  write_atomically(directory.fd(), "a", "one");
  write_atomically(directory.fd(), "a", "two");
  EXPECT_EQ(read_whole(directory.fd(), "a", 100), "two");
  int entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    ++entries;
  }
  EXPECT_EQ(entries, 1);
}

TEST(AtomicFile, ReplacesALinkInsteadOfWhatItLeadsTo) {
  const OpenDir directory;
  directory.write("victim", "precious");
  for (const char* name : {"a", ".a.new"}) {
    std::filesystem::create_symlink(directory.file("victim"), directory.file(name));
  }
  write_atomically(directory.fd(), "a", "mine");
  EXPECT_EQ(read_whole(directory.fd(), "victim", 100), "precious");
  EXPECT_EQ(read_whole(directory.fd(), "a", 100), "mine");
}

TEST(AtomicFile, KeepsTheOldContentOnAFullDisk) {
  const OpenDir directory;
  write_atomically(directory.fd(), "a", "old");
  const FileSizeLimit limit(100);
  const Refusal refusal =
      refusal_of([&] { write_atomically(directory.fd(), "a", std::string(101, 'n')); });
  EXPECT_EQ(refusal.code, VECHE_E_EXHAUSTED);
  EXPECT_EQ(read_whole(directory.fd(), "a", 100), "old");
  EXPECT_FALSE(std::filesystem::exists(directory.file(".a.new")));
}

TEST(AtomicFile, ReadsRegularFilesOnly) {
  const OpenDir directory;
  directory.write("victim", "precious");
  std::filesystem::create_symlink(directory.file("victim"), directory.file("link"));
  ASSERT_EQ(mkfifo(directory.file("fifo").c_str(), 0600), 0);
  std::filesystem::create_directory(directory.file("folder"));
  for (const char* name : {"link", "fifo", "folder"}) {
    EXPECT_TRUE(contains(refusal_of([&] { read_whole(directory.fd(), name, 100); }).why, name));
    EXPECT_TRUE(contains(refusal_of([&] { sha256(directory.fd(), name); }).why, name));
  }
  EXPECT_EQ(refusal_of([&] { read_whole(directory.fd(), "none", 100); }).code, VECHE_E_GONE);
}

TEST(AtomicFile, RefusesAFileThatIsTooLong) {
  const OpenDir directory;
  directory.write("a", std::string(101, 'x'));
  EXPECT_EQ(read_whole(directory.fd(), "a", 101).size(), 101U);
  EXPECT_EQ(refusal_of([&] { read_whole(directory.fd(), "a", 100); }).code, VECHE_E_INVALID);
}

TEST(AtomicFile, SumsUpAFileOfSeveralPieces) {
  const OpenDir directory;
  directory.write("abc", "abc");
  EXPECT_EQ(sha256(directory.fd(), "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  directory.write("million", std::string(1'000'000, 'a'));
  EXPECT_EQ(sha256(directory.fd(), "million"),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace veche::recording
