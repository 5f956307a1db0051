// SPDX-License-Identifier: Apache-2.0
// The disk that can stall, and files on it.
#include "downloads_fixture.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace veche::http {

StallingDisk disk;

void StallingDisk::open(bool is_open) {
  const std::lock_guard lock(mutex_);
  is_open_ = is_open;
  changed_.notify_all();
}

void StallingDisk::pass() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return is_open_; });
  --waiting_;
}

int StallingDisk::waiting() {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

int open_file(const std::string& text, size_t size) {
  char name[] = "/tmp/veche-download-XXXXXX";
  const int fd = mkostemp(name, O_CLOEXEC);
  EXPECT_GE(fd, 0);
  ::unlink(name);
  EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  if (size > 0) {
    EXPECT_EQ(::ftruncate(fd, static_cast<off_t>(size)), 0);
  }
  return fd;
}

}  // namespace veche::http

// Replaces the C library's function.
extern "C" ssize_t pread(int fd, void* data, size_t size, off_t offset) {
  veche::http::disk.pass();
  return ::syscall(SYS_pread64, fd, data, size, offset);
}
