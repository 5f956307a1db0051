// SPDX-License-Identifier: Apache-2.0
// A folder with a manifest is a recording; any other folder is searched.
#include "recording/store/scanner.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "recording/file/atomic_file.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/store/folder.hpp"
#include "recording/store/interrupted.hpp"
#include "veche/cpp/failure.hpp"

namespace veche::recording {

void Scanner::run(int root_fd) {
  folder(root_fd, "", 0);
  if (folders_ > kMaxFolders) {
    out_.warnings.push_back("more than " + std::to_string(kMaxFolders) +
                            " folders of recordings: those beyond were not looked at");
  }
}

void Scanner::folder(int fd, const std::string& path, int depth) {
  struct stat status {};
  if (depth > 0 && ::fstatat(fd, kManifestName, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    recording(fd, path);
    return;
  }
  if (depth == kMaxDepth) return;
  each_entry(fd, [&](const std::string& name, bool is_folder) {
    if (!is_folder || !is_file_name(name)) return true;
    if (++folders_ > kMaxFolders) return false;
    const std::string inner = path.empty() ? name : path + "/" + name;
    try {
      folder(open_folder(fd, {name}).get(), inner, depth + 1);
    } catch (const Failure& failure) {
      out_.warnings.push_back(inner + ": " + failure.what());
    }
    return true;
  });
}

void Scanner::recording(int fd, const std::string& path) {
  Stored found{path, parse_manifest(read_whole(fd, kManifestName, kMaxManifestBytes))};
  if (found.manifest.state == State::Recording) {
    // A recorder that a stalled disk holds up outlives its plugin.
    if (!try_lock(fd)) {
      out_.busy.push_back(path);
      return;
    }
    end_interrupted(fd, found.manifest, out_.warnings);
    try {
      Store::save(fd, found.manifest);
    } catch (const Failure& failure) {
      out_.warnings.push_back(path + ": " + failure.what());
    }
  }
  if (shrink_) shrink_(found.manifest);
  out_.recordings.push_back(std::move(found));
}

}  // namespace veche::recording
