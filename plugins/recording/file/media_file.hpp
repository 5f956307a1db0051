// SPDX-License-Identifier: Apache-2.0
// One file of audio or video that is playable at every moment while it is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "recording/clock.hpp"
#include "recording/file/matroska.hpp"
#include "recording/file/output_file.hpp"
#include "recording/track/format.hpp"

namespace veche::recording {

/// Every function but the plain getters may block, and throws a Failure that names the file. After
/// a failure the file is as it was at its last commit; what came since is kept and tried again, up
/// to kMaxPendingBytes, beyond which write() commits at once. A file without finish(), as after
/// kill -9, plays but has no index for seeking.
class MediaFile {
 public:
  /// How long frames stay in memory. A commit survives kill -9 at once, and a power cut after the
  /// next commit: unless the disk stalls, less than 2 s are lost.
  static constexpr int64_t kCommitEveryNs = 700'000'000;
  static constexpr size_t kMaxPendingBytes = 8 << 20;

  /// Creates <stem>.webm, or <stem>.mkv for H.264, in the directory.
  MediaFile(int dir_fd, const std::string& stem, const Format& format, const std::string& title,
            int64_t started_unix_ms);

  /// Appends to memory. Writes the frames before it first if they are many; fails only if the disk
  /// refuses them.
  void write(const Frame& frame);
  /// Writes what is due. To be called about every 100 ms, with any steady clock.
  void tick(int64_t now_ns);
  /// Ends the file with everything that the disk takes, then throws the first failure, if any.
  void finish();

  /// The size that the file has or will have, roughly; exact once it is finished.
  uint64_t bytes() const noexcept {
    return matroska_.end() + matroska_.pending_bytes() + index_bytes_;
  }
  /// Of the committed frames.
  int64_t duration_ms() const noexcept { return matroska_.duration_ns() / kNsPerMs; }
  const std::string& name() const noexcept { return file_.name(); }
  const char* content_type() const noexcept { return content_type_; }

 private:
  void perform(const Matroska::Commit& commit);
  void commit();

  Matroska matroska_;
  const char* content_type_;
  Descriptor directory_;
  OutputFile file_;
  std::optional<int64_t> due_since_ns_;  ///< Since when data waits to be written or synchronised.
  int64_t last_tick_ns_ = 0;
  bool marks_unsynced_ = false;
  uint64_t index_bytes_ = 0;
};

}  // namespace veche::recording
