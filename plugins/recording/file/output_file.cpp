// SPDX-License-Identifier: Apache-2.0
// Makes and writes a file with the system's calls.
#include "recording/file/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "recording/file/io_failure.hpp"

namespace veche::recording {

OutputFile::OutputFile(int dir_fd, std::string name)
    : name_(std::move(name)),
      file_(::openat(dir_fd, name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                     0640)) {
  if (!file_) fail_io("make", name_, errno);
  if (::fsync(dir_fd) != 0) fail_io("make the folder's entry of", name_, errno);
}

void OutputFile::write(uint64_t position, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count =
        ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(position));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_io("write", name_, errno);
    // A file system that takes nothing and reports no error would keep the loop running for ever.
    if (count == 0) fail_io("write", name_, EIO);
    bytes = bytes.subspan(static_cast<size_t>(count));
    position += static_cast<uint64_t>(count);
  }
}

void OutputFile::sync() {
  if (::fdatasync(file_.get()) != 0) fail_io("put on the disk", name_, errno);
}

void OutputFile::truncate(uint64_t size) {
  if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) fail_io("shorten", name_, errno);
}

void OutputFile::check_exists() const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) fail_io("look at", name_, errno);
  if (status.st_nlink == 0) fail_io("go on writing", name_, ENOENT);
}

}  // namespace veche::recording
