// SPDX-License-Identifier: Apache-2.0
// What control knows of the recordings that have ended, in bounded memory. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "recording/file/manifest.hpp"
#include "recording/store/retention.hpp"

namespace veche::recording {

/// A summary of each recording. Its gaps, its speech, and what exceeds these limits are on the disk
/// only.
class Index {
 public:
  static constexpr size_t kMaxListed = 100;       ///< Tracks, and files, of a recording.
  static constexpr size_t kMaxDetailed = 2000;    ///< The newest; older ones list no track.
  static constexpr size_t kMaxEntries = 100'000;  ///< Older ones are not listed.
  static constexpr size_t kMaxUnsaved = 50;

  struct Entry {
    std::string path;      ///< Of its folder, below the store's directory.
    Manifest manifest;     ///< Without gaps and speech.
    bool is_whole = true;  ///< The manifest lists all files.
    /// Of a recording that failed: the disk may not have taken its last manifest. Shared with jobs.
    std::shared_ptr<const Manifest> unsaved;
    uint64_t bytes = 0;
    int64_t ended_boot_ms = 0;  ///< 0: it ended in another process.
  };

  /// Keeps at most this many entries.
  explicit Index(size_t most = kMaxEntries) : most_(most) {}

  /// Adds a recording, or replaces one of the same id. False if an older one had to go.
  bool add(const std::string& path, const Manifest& manifest, int64_t ended_boot_ms);
  void erase(const std::string& id);
  /// Null if there is none.
  const Entry* find(const std::string& id) const;
  /// By id, which begins with the time.
  const std::map<std::string, Entry>& entries() const { return entries_; }
  std::vector<Aged> aged() const;

 private:
  const size_t most_;
  std::map<std::string, Entry> entries_;
  std::set<std::string> detailed_, unsaved_;
};

/// A manifest as lists have it: at most kMaxListed tracks and files, which are counted instead.
Manifest summary_of(const Manifest& manifest, size_t most = Index::kMaxListed);

}  // namespace veche::recording
