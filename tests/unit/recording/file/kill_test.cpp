// SPDX-License-Identifier: Apache-2.0
// Kills a recording process again and again.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "matroska_walk.hpp"
#include "media_tools.hpp"
#include "open_dir.hpp"
#include "recording/file/media_file.hpp"

namespace veche::recording {
namespace {

/// In the child: records for ever, and reports each frame with one byte.
[[noreturn]] void record_until_killed(int dir_fd, int told) {
  MediaFile file(dir_fd, "1", opus_format(), "", 0);
  for (int64_t i = 0;; ++i) {
    file.write(opus_frame(i));
    file.tick((i + 1) * kFrame_ns);
    if (::write(told, "", 1) != 1) _exit(1);
  }
}

/// The number of frames reported before the kill.
int64_t kill_after(int64_t frames, pid_t child, int told) {
  char byte[64];
  int64_t count = 0;
  for (ssize_t got = 0; count < frames && (got = ::read(told, byte, 1)) > 0;) count += got;
  ::kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  for (ssize_t got = 0; (got = ::read(told, byte, sizeof byte)) > 0;) count += got;
  return count;
}

TEST(MediaFile, PlaysUpToTheLastSecondAfterKillNine) {
  opus_frame(0);  // Encoded once, not in each child.
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    const OpenDir directory;
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      ::close(ends[0]);
      record_until_killed(directory.fd(), ends[1]);
    }
    ASSERT_GT(child, 0);
    ::close(ends[1]);
    const int64_t told = kill_after(1 + static_cast<int64_t>(random() % 1500), child, ends[0]);
    ::close(ends[0]);

    WalkedFile file;
    ASSERT_NO_THROW(file = walk(content_of(directory.file("1.webm")))) << "round " << round;
    EXPECT_GE(static_cast<int64_t>(file.times_ms.size()), told - 35) << "round " << round;
    EXPECT_EQ(file.duration_ms, static_cast<double>(file.times_ms.size()) * 20);
    if (has_ffmpeg()) {
      EXPECT_EQ(complaints(directory.file("1.webm")), "");
    }
  }
}

}  // namespace
}  // namespace veche::recording
