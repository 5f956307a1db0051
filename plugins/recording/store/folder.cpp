// SPDX-License-Identifier: Apache-2.0
// openat() with O_NOFOLLOW, one name at a time.
#include "recording/store/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <utility>

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

bool try_lock(int folder_fd) noexcept {
  return ::flock(folder_fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

void wait_lock(int folder_fd) noexcept {
  while (::flock(folder_fd, LOCK_EX) != 0 && errno == EINTR) {
  }
}

namespace {

std::string joined(const std::string& path, const std::string& name) {
  return std::string(path).append("/").append(name);
}

void delete_entry(int parent, const std::string& name, bool is_folder, const std::string& path,
                  int depth) {
  // Deeper trees than any program makes of a recording end the call, not the stack.
  constexpr int kMostDeep = 32;
  if (!is_folder) {
    if (::unlinkat(parent, name.c_str(), 0) != 0 && errno != ENOENT) {
      fail_io("remove", path, errno);
    }
    return;
  }
  if (depth == kMostDeep) fail_io("remove", path, ELOOP);
  // A folder that was made read-only is still its owner's.
  constexpr mode_t kOwner = 0700;
  static_cast<void>(::fchmodat(parent, name.c_str(), kOwner, 0));
  const Descriptor folder = open_one(parent, name, path);
  std::vector<std::pair<std::string, bool>> entries;
  each_entry(folder.get(), [&](const std::string& each, bool is_inner) {
    entries.emplace_back(each, is_inner);
    return true;
  });
  for (const auto& [each, is_inner] : entries) {
    delete_entry(folder.get(), each, is_inner, joined(path, each), depth + 1);
  }
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    fail_io("remove the folder", path, errno);
  }
}

}  // namespace

void empty_folder(int folder_fd, const std::string& path,
                  const std::function<bool(const std::string&)>& spares) {
  std::vector<std::pair<std::string, bool>> entries;
  each_entry(folder_fd, [&](const std::string& name, bool is_folder) {
    if (!spares(name)) entries.emplace_back(name, is_folder);
    return true;
  });
  for (const auto& [name, is_folder] : entries) {
    delete_entry(folder_fd, name, is_folder, joined(path, name), 0);
  }
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
