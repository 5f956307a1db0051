// SPDX-License-Identifier: Apache-2.0
// Writes one recording: packets in, files and a manifest out. It has no thread of its own, and time
// is an argument.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "recording/file/manifest.hpp"
#include "recording/recorder/plan.hpp"
#include "recording/recorder/recorder_queue.hpp"
#include "recording/recorder/track_recorder.hpp"

namespace veche::recording {

struct RecorderSettings {
  size_t queue_bytes = size_t{64} * 1024 * 1024;
  int32_t mix_bitrate_bps = 48'000;
  uint64_t min_free_bytes = 0;  ///< A recording ends when its disk has less than this left.
};

class RecordingWriter {
 public:
  /// The caller owns dir_fd, the recording's folder. The manifest says what is recorded, and where.
  RecordingWriter(int dir_fd, Manifest manifest, const Plan& plan, const RecorderSettings& settings,
                  int64_t origin_ns);
  ~RecordingWriter();
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  /// Handles what was taken from the queue at now_ns. After a failure only finish() is left to do.
  void handle(RecorderQueue::Batch batch, int64_t now_ns);
  bool wants_to_end() const { return !manifest_.ended_by.empty(); }
  /// Closes all files, and records how the recording ended, on the disk too if possible.
  void finish(int64_t now_ns);
  /// The manifest with the progress of all files being written.
  Manifest manifest(int64_t now_ns) const;

 private:
  void on(TrackBegins&& begins);
  void on(TrackPacket&& packet);
  void on(const TrackEnds& ends);
  void on(const MuteChanged& change);
  void on(const StopRequested& request);
  void turn(int64_t now_ns);
  void close_track(TrackRecorder& track);
  void mix(int64_t until_ns);
  void check_limits(int64_t now_ns);
  void write_manifest(int64_t now_ns);
  uint64_t bytes() const;
  void guarded(const std::function<void()>& step) noexcept;
  void fail(const std::string& ended_by, const std::string& why) noexcept;

  const int dir_fd_;
  const Plan plan_;
  const RecorderSettings settings_;
  const int64_t origin_ns_;
  Manifest manifest_;  ///< With the tracks and files that have ended.
  bool failed_ = false;
  std::unique_ptr<Mixer> mixer_;
  std::unique_ptr<MediaFile> mix_file_;
  std::map<uint64_t, std::unique_ptr<TrackRecorder>> tracks_;
  std::map<std::string, int64_t> muted_;  ///< Participant -> since when.
  std::vector<Frame> mixed_;
  uint64_t closed_bytes_ = 0;
  size_t next_id_ = 1;
  int64_t turned_ns_, checked_ns_ = 0, written_ns_ = 0;
};

}  // namespace veche::recording
