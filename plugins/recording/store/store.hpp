// SPDX-License-Identifier: Apache-2.0
// The directory of all recordings: each in a folder of its own, with its manifest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "recording/file/descriptor.hpp"
#include "recording/file/manifest.hpp"
#include "recording/store/name_template.hpp"

namespace veche::recording {

/// A recording on the disk.
struct Stored {
  std::string path;  ///< Of its folder, below the store's directory.
  Manifest manifest;
};

/// [any] Every function may block, and throws a Failure that names the path. Concurrent calls must
/// be for different recordings.
class Store {
 public:
  /// Opens or creates the directory, and locks it for the life of this object: only one server may
  /// write into it. `directory` itself may be a symbolic link, but nothing below it.
  Store(const std::string& directory, const std::string& name_template);

  struct Place {
    Descriptor folder;
    std::string path;  ///< As in Stored.
  };
  /// Creates the folder of a new recording, and locks it for as long as Place::folder exists, so
  /// that no scan takes the recording for one that was interrupted.
  Place create(const std::string& room, const std::string& id, int64_t unix_ms);

  struct Scan {
    std::vector<Stored> recordings;     ///< The oldest first.
    std::vector<std::string> warnings;  ///< A sentence for each folder that cannot be read.
    std::vector<std::string> busy;      ///< Paths of recordings that another thread still writes.
  };
  /// Finds the recordings on the disk. A recording whose server died becomes `interrupted`, with
  /// the sizes and durations of its files. Only while nothing is being recorded.
  /// `shrink` may take from each manifest what the caller does not need.
  Scan scan(const std::function<void(Manifest&)>& shrink = {});
  /// The same for one folder that was busy.
  Scan scan_one(const std::string& path);

  Descriptor open(const std::string& path) const;
  /// Opens for reading; VECHE_E_GONE for a name that the manifest does not list.
  Descriptor open_file(const Stored& recording, const std::string& name) const;
  /// Writes the manifest into the recording's folder, without gaps and speech if it would be too
  /// long to read again. Returns its size in bytes.
  static size_t save(int folder_fd, const Manifest& manifest);

  /// Deletes a recording's folder with everything in it, which an operator's command may have added
  /// to, and the folders above that are then empty. Follows no link.
  void remove(const std::string& path);

  uint64_t free_bytes() const;

 private:
  std::string directory_;
  NameTemplate name_template_;
  Descriptor root_, lock_;
};

}  // namespace veche::recording
