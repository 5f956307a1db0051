// SPDX-License-Identifier: Apache-2.0
// The bytes of a Matroska or WebM file (RFC 9559) with one track, written in an order that keeps
// the file valid at every moment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recording/file/ebml.hpp"
#include "recording/track/format.hpp"

namespace veche::recording {

/// How writing is made safe: the Segment has a known size, and readers (ffmpeg, browsers) stop at
/// its end if a zero follows. Frames are collected, and a commit
///  1. writes their clusters behind that end, with a zero as the first byte of each cluster;
///  2. once they are on the disk, sets these bytes, the last one first;
///  3. sets the Segment's size and the duration, in one write within the first 512 bytes.
/// A crash between two of these writes, or within the first, leaves a file that ends with the last
/// commit.
class Matroska {
 public:
  struct Write {
    uint64_t position = 0;
    ebml::Bytes bytes;
  };
  struct Commit {
    Write data;
    std::vector<Write> marks;  ///< To be written in order, once `data` is on the disk.
  };

  /// Fails with VECHE_E_INVALID if the format lacks what the container needs. The title may be "".
  Matroska(const Format& format, const std::string& title, int64_t started_unix_ms);

  /// The start of the file: a valid file without frames.
  Write header() const;

  /// Frames come in order of time: one earlier than the last gets the time of the last.
  void add(const Frame& frame);
  /// Makes all frames so far a part of the file. May be called again if writing it failed.
  Commit commit() const;
  /// The commit has been written.
  void committed() noexcept;
  /// Drops the frames that are not committed.
  void drop_pending() noexcept;
  /// Adds the index for seeking, after the last commit.
  Commit finish() const;

  bool pending() const noexcept { return !pending_.empty(); }
  size_t pending_bytes() const noexcept { return pending_bytes_; }
  /// Where the file ends, as of the last commit.
  uint64_t end() const noexcept { return end_; }
  int64_t duration_ns() const noexcept { return duration_ns_; }

 private:
  struct Cluster {
    int64_t time_ms = 0;
    bool cue = false;
    ebml::Bytes body;
  };
  struct Cue {
    int64_t time_ms = 0;
    uint64_t position = 0;  ///< In the Segment.
  };

  bool needs_cluster(const Frame& frame, int64_t time_ms) const noexcept;
  bool wants_cue(const Frame& frame, int64_t time_ms) const noexcept;
  Write fields(uint64_t end, int64_t duration_ns, uint64_t cues) const;

  bool video_;
  ebml::Bytes ebml_header_, info_, tracks_;
  uint64_t segment_ = 0;  ///< Where the Segment's data begins.
  uint64_t end_ = 0;
  int64_t duration_ns_ = 0, pending_duration_ns_ = 0;
  int64_t last_ns_ = 0;
  std::vector<Cluster> pending_;
  size_t pending_bytes_ = 0;
  std::vector<Cue> cues_;
  int64_t last_cue_ms_ = -1;
};

}  // namespace veche::recording
