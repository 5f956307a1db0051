// SPDX-License-Identifier: Apache-2.0
// openat() with O_NOFOLLOW, one name at a time.
#include "recording/store/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include "recording/file/io_failure.hpp"

namespace veche::recording {

namespace {

Descriptor open_one(int parent, const std::string& name, const std::string& path) {
  Descriptor folder(
      ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) fail_io("open the folder", path, errno);
  return folder;
}

bool is_folder(int parent, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat status {};
  return ::fstatat(parent, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(status.st_mode);
}

}  // namespace

Descriptor open_folder(int root_fd, const std::vector<std::string>& parts) {
  Descriptor folder;
  std::string path;
  for (const std::string& part : parts) {
    path += (path.empty() ? "" : "/") + part;
    folder = open_one(folder ? folder.get() : root_fd, part, path);
  }
  return folder;
}

Descriptor make_folder(int root_fd, const std::vector<std::string>& parts) {
  Descriptor folder;
  std::string path;
  for (size_t i = 0; i < parts.size(); ++i) {
    const int parent = folder ? folder.get() : root_fd;
    path += (path.empty() ? "" : "/") + parts[i];
    if (::mkdirat(parent, parts[i].c_str(), 0750) == 0) {
      if (::fsync(parent) != 0) fail_io("put on the disk the folder", path, errno);
    } else if (errno != EEXIST || i + 1 == parts.size()) {
      fail_io("make the folder", path, errno);
    }
    folder = open_one(parent, parts[i], path);
  }
  return folder;
}

void each_entry(int folder_fd, const std::function<bool(const std::string&, bool)>& entry) {
  // A descriptor of its own, so that the caller's keeps its position.
  Descriptor own(::openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) fail_io("list", "a folder of recordings", errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own.get()), &::closedir);
  if (!stream) fail_io("list", "a folder of recordings", errno);
  own.release();
  while (const dirent* found = ::readdir(stream.get())) {
    const std::string name = found->d_name;
    if (name == "." || name == "..") continue;
    if (!entry(name, is_folder(folder_fd, *found))) return;
  }
}

}  // namespace veche::recording
