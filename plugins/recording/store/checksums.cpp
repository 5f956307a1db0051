// SPDX-License-Identifier: Apache-2.0
// Reads the files without a lock, and the manifest again with one.
#include "recording/store/checksums.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "recording/file/atomic_file.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/store/folder.hpp"
#include "recording/store/store.hpp"
#include "veche/cpp/failure.hpp"

namespace veche::recording {
namespace {

/// Nothing if there is none: the recording was removed.
std::optional<Manifest> read_manifest(int folder_fd) {
  try {
    return parse_manifest(read_whole(folder_fd, kManifestName, kMaxManifestBytes));
  } catch (const Failure& failure) {
    if (failure.code() == VECHE_E_GONE) return std::nullopt;
    throw;
  }
}

/// "" for a file that somebody has deleted: it has no checksum.
std::string sum_of(int folder_fd, const std::string& name, const std::atomic<bool>& stopped) {
  try {
    return sha256(folder_fd, name, &stopped);
  } catch (const Failure& failure) {
    if (failure.code() == VECHE_E_GONE) return "";
    throw;
  }
}

}  // namespace

bool lacks_checksums(const Manifest& manifest) noexcept {
  const bool has_ended = manifest.state == State::Finished || manifest.state == State::Failed;
  return has_ended && std::any_of(manifest.files.begin(), manifest.files.end(),
                                  [](const FileEntry& file) { return file.sha256.empty(); });
}

std::optional<Manifest> add_checksums(int folder_fd, const std::atomic<bool>& stopped) {
  std::optional<Manifest> manifest = read_manifest(folder_fd);
  // The disk did not take the last manifest of a recording that failed.
  if (!manifest || manifest->state == State::Recording) return std::nullopt;
  std::map<std::string, std::string> sums;
  for (const FileEntry& file : manifest->files) {
    if (file.sha256.empty()) sums[file.name] = sum_of(folder_fd, file.name, stopped);
    if (stopped.load(std::memory_order_relaxed)) return std::nullopt;
  }
  wait_lock(folder_fd);
  manifest = read_manifest(folder_fd);
  if (!manifest) return manifest;
  for (FileEntry& file : manifest->files) {
    const auto found = sums.find(file.name);
    if (found != sums.end()) file.sha256 = found->second;
  }
  Store::save(folder_fd, *manifest);
  return manifest;
}

}  // namespace veche::recording
