// SPDX-License-Identifier: Apache-2.0
// Creates, finds and removes the folders of recordings.
#include "recording/store/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>

#include "recording/file/atomic_file.hpp"
#include "recording/file/io_failure.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/store/folder.hpp"
#include "recording/store/scanner.hpp"

namespace veche::recording {

namespace {

constexpr char kLockName[] = ".veche-recording.lock";

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts = safe_parts(path);
  if (parts.empty()) throw Failure(VECHE_E_GONE, "no recording can have the path \"" + path + "\"");
  return parts;
}

Descriptor open_root(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0750) != 0 && errno != EEXIST) {
    fail_io("make the directory", directory, errno);
  }
  Descriptor root(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) fail_io("open the directory", directory, errno);
  return root;
}

/// The lock ends with its descriptor, even after kill -9.
Descriptor lock_root(int root, const std::string& directory) {
  Descriptor lock(
      ::openat(root, kLockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640));
  if (!lock) fail_io("write into the directory", directory, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) fail_io("lock the directory", directory, errno);
  throw Failure(VECHE_E_INVALID, "another server records into the directory " + directory +
                                     "; give each server its own");
}

}  // namespace

Store::Store(const std::string& directory, const std::string& name_template)
    : directory_(directory),
      name_template_(name_template),
      root_(open_root(directory)),
      lock_(lock_root(root_.get(), directory)) {}

Store::Place Store::create(const std::string& room, const std::string& id, int64_t unix_ms) {
  std::string path = name_template_.expand(room, id, unix_ms);
  Descriptor folder = make_folder(root_.get(), parts_of(path));
  static_cast<void>(try_lock(folder.get()));
  return {std::move(folder), std::move(path)};
}

Store::Scan Store::scan(const std::function<void(Manifest&)>& shrink) {
  Scan scan;
  Scanner(scan, shrink).run(root_.get());
  std::stable_sort(scan.recordings.begin(), scan.recordings.end(),
                   [](const Stored& a, const Stored& b) {
                     return a.manifest.started_unix_ms < b.manifest.started_unix_ms;
                   });
  return scan;
}

Store::Scan Store::scan_one(const std::string& path) {
  Scan scan;
  Scanner(scan).run_one(open(path).get(), path);
  return scan;
}

Descriptor Store::open(const std::string& path) const {
  return open_folder(root_.get(), parts_of(path));
}

Descriptor Store::open_file(const Stored& recording, const std::string& name) const {
  const std::vector<FileEntry>& files = recording.manifest.files;
  const bool listed = name == kManifestName ||
                      std::any_of(files.begin(), files.end(),
                                  [&](const FileEntry& file) { return file.name == name; });
  if (!listed || !is_file_name(name)) {
    throw Failure(VECHE_E_GONE, "the recording " + recording.manifest.id + " has no file \"" +
                                    name + "\"; its manifest lists those that it has");
  }
  return open_regular(open(recording.path).get(), name);
}

size_t Store::save(int folder_fd, const Manifest& manifest) {
  std::string json = to_json(manifest);
  if (json.size() > kMaxManifestBytes) json = summary_json(manifest);
  write_atomically(folder_fd, kManifestName, json);
  return json.size();
}

void Store::remove(const std::string& path) {
  std::vector<std::string> parts = parts_of(path);
  const Descriptor folder = open_folder(root_.get(), parts);
  wait_lock(folder.get());
  // The manifest is the last: if this is interrupted, the recording is found again.
  empty_folder(folder.get(), path, [](const std::string& name) { return name == kManifestName; });
  empty_folder(folder.get(), path, [](const std::string&) { return false; });
  for (bool first = true; !parts.empty(); first = false) {
    const std::string last = parts.back();
    parts.pop_back();
    const Descriptor parent = open_folder(root_.get(), parts);
    const int parent_fd = parent ? parent.get() : root_.get();
    if (::unlinkat(parent_fd, last.c_str(), AT_REMOVEDIR) == 0) continue;
    if (first && errno != ENOENT) fail_io("remove the folder", path, errno);
    return;
  }
}

uint64_t Store::free_bytes() const {
  struct statvfs status {};
  if (::fstatvfs(root_.get(), &status) != 0) fail_io("look at the directory", directory_, errno);
  return static_cast<uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace veche::recording
