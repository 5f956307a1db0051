// SPDX-License-Identifier: Apache-2.0
// One file of sound or video that plays at every moment of its making.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "recording/file/matroska.hpp"
#include "recording/file/output_file.hpp"
#include "recording/track/format.hpp"

namespace veche::recording {

/// Every function but the plain getters may block, and throws a Failure that names the file. After
/// one the file is as it was at its last commit, and what came since is kept and tried again, up
/// to kMaxPendingBytes. Without finish() the file stays as it is after kill -9: it plays, without
/// an index for seeking.
class MediaFile {
 public:
  /// So long frames stay in memory. What is committed survives kill -9 at once and a power cut one
  /// commit later, hence less than 2 s are lost if the disk answers.
  static constexpr int64_t kCommitEveryNs = 700'000'000;
  static constexpr size_t kMaxPendingBytes = 8 << 20;

  /// Makes <stem>.webm, or <stem>.mkv for H.264, in the directory.
  MediaFile(int dir_fd, const std::string& stem, const Format& format, const std::string& title,
            int64_t started_unix_ms);

  /// Into memory. Fails with VECHE_E_EXHAUSTED if the disk has not taken what came before.
  void write(const Frame& frame);
  /// Writes what is due; called every 100 ms or so with any steady clock.
  void tick(int64_t now_ns);
  /// Ends it with everything that the disk takes, and then throws the first failure, if any.
  void finish();

  /// About what the file has on the disk or is going to have; exact once it is finished.
  uint64_t bytes() const noexcept {
    return matroska_.end() + matroska_.pending_bytes() + index_bytes_;
  }
  /// Of what is committed.
  int64_t duration_ms() const noexcept { return matroska_.duration_ns() / 1'000'000; }
  const std::string& name() const noexcept { return file_.name(); }
  const char* content_type() const noexcept { return content_type_; }

 private:
  void perform(const Matroska::Commit& commit);
  void commit();

  Matroska matroska_;
  const char* content_type_;
  Descriptor directory_;
  OutputFile file_;
  std::optional<int64_t> due_since_ns_;  ///< Something is to be written or to be synchronised.
  int64_t last_tick_ns_ = 0;
  bool marks_unsynced_ = false;
  uint64_t index_bytes_ = 0;
};

}  // namespace veche::recording
