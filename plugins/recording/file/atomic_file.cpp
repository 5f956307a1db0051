// SPDX-License-Identifier: Apache-2.0
// Temporary name, fsync, rename, fsync of the folder; and reading in pieces.
#include "recording/file/atomic_file.hpp"

#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "recording/file/io_failure.hpp"
#include "recording/file/output_file.hpp"

namespace veche::recording {

namespace {

/// Calls piece(data, size) for each piece of the file, until it returns false.
template <class Piece>
void read_pieces(int fd, const std::string& name, Piece&& piece) {
  std::vector<char> buffer(size_t{64} << 10);
  while (true) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_io("read", name, errno);
    if (count == 0) return;
    if (!piece(buffer.data(), static_cast<size_t>(count))) return;
  }
}

}  // namespace

Descriptor open_regular(int dir_fd, const std::string& name) {
  // Without O_NONBLOCK, a FIFO of this name would block the thread.
  Descriptor file(::openat(dir_fd, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) fail_io("open", name, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_io("look at", name, errno);
  if (!S_ISREG(status.st_mode)) {
    throw Failure(VECHE_E_INVALID, "cannot read " + name + ": it is no regular file");
  }
  return file;
}

void write_atomically(int dir_fd, const std::string& name, std::string_view content) {
  const std::string temporary = "." + name + ".new";
  if (::unlinkat(dir_fd, temporary.c_str(), 0) != 0 && errno != ENOENT) {
    fail_io("remove", temporary, errno);
  }
  try {
    OutputFile file(dir_fd, temporary);
    file.write(0, {reinterpret_cast<const uint8_t*>(content.data()), content.size()});
    file.sync();
    if (::renameat(dir_fd, temporary.c_str(), dir_fd, name.c_str()) != 0) {
      fail_io("rename the new", name, errno);
    }
  } catch (const Failure&) {
    ::unlinkat(dir_fd, temporary.c_str(), 0);
    throw;
  }
  if (::fsync(dir_fd) != 0) fail_io("put on the disk the folder of", name, errno);
}

std::string read_whole(int dir_fd, const std::string& name, size_t max_bytes) {
  const Descriptor file = open_regular(dir_fd, name);
  std::string content;
  read_pieces(file.get(), name, [&](const char* data, size_t size) {
    if (content.size() + size > max_bytes) {
      throw Failure(VECHE_E_INVALID, "cannot read " + name + ": it is longer than " +
                                         std::to_string(max_bytes) + " bytes");
    }
    content.append(data, size);
    return true;
  });
  return content;
}

std::string sha256(int dir_fd, const std::string& name, const std::atomic<bool>* stopped) {
  const Descriptor file = open_regular(dir_fd, name);
  const std::unique_ptr<GChecksum, decltype(&g_checksum_free)> sum(
      g_checksum_new(G_CHECKSUM_SHA256), &g_checksum_free);
  read_pieces(file.get(), name, [&](const char* data, size_t size) {
    g_checksum_update(sum.get(), reinterpret_cast<const guchar*>(data), static_cast<gssize>(size));
    return !stopped || !stopped->load(std::memory_order_relaxed);
  });
  if (stopped && stopped->load(std::memory_order_relaxed)) return "";
  return g_checksum_get_string(sum.get());
}

}  // namespace veche::recording
