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

/// The first failure of the disk ends the recording; a track that fails ends alone.
class RecordingWriter {
 public:
  /// More than any real room has: a client that keeps publishing must not fill the disk with files.
  /// Further tracks are in the mix only.
  static constexpr size_t kMaxTracks = 5000;

  /// The caller owns dir_fd, the recording's folder. The manifest says what is recorded, and where.
  RecordingWriter(int dir_fd, Manifest manifest, const Plan& plan, const RecorderSettings& settings,
                  int64_t origin_ns);
  ~RecordingWriter();
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  /// Handles what was taken from the queue at now_ns. After a failure only finish() is left to do.
  void handle(RecorderQueue::Batch batch, int64_t now_ns);
  bool wants_to_end() const { return !manifest_.ended_by.empty(); }
  /// Closes all files, and records how the recording ended, on the disk too if possible. The files'
  /// checksums are another's work (add_checksums). now_unix_ms: the time of day, to note in the
  /// manifest that it was set meanwhile; 0: not known.
  void finish(int64_t now_ns, int64_t now_unix_ms = 0);
  /// The manifest with the progress of all files being written.
  Manifest manifest(int64_t now_ns) const;
  /// Tracks that have ended so far.
  size_t ended_tracks() const { return ended_tracks_; }

 private:
  void on(TrackBegins&& begins);
  void on(TrackPacket&& packet);
  void on(const TrackEnds& ends);
  void on(const MuteChanged& change);
  void on(const StopRequested& request);
  void turn(int64_t now_ns);
  void close_track(TrackRecorder& track);
  void list_track(const TrackRecorder& track, Manifest& manifest) const;
  void mix(int64_t until_ns);
  void check_limits(int64_t now_ns);
  void write_manifest(int64_t now_ns);
  bool is_manifest_due(int64_t now_ns) const;
  uint64_t bytes() const;
  void guarded(const std::function<void()>& step) noexcept;
  void alone(TrackRecorder& track, const std::function<void()>& step);
  void fail(const std::string& ended_by, const std::string& why) noexcept;

  const int dir_fd_;
  const Plan plan_;
  const RecorderSettings settings_;
  const int64_t origin_ns_;
  Manifest manifest_;  ///< With the tracks and files that have ended.
  size_t gaps_ = 0;    ///< In it.
  bool failed_ = false;
  std::unique_ptr<Mixer> mixer_;
  bool has_mix_ended_ = false;  ///< Before the recording.
  std::unique_ptr<MediaFile> mix_file_;
  std::map<uint64_t, std::unique_ptr<TrackRecorder>> tracks_;
  std::map<std::string, int64_t> muted_;  ///< Participant -> since when.
  std::vector<Frame> mixed_;
  uint64_t closed_bytes_ = 0;
  size_t next_id_ = 1, ended_tracks_ = 0;
  int64_t turned_ns_, checked_ns_ = 0;
  int64_t written_ns_ = 0;  ///< When the manifest was written, and how large it was.
  size_t written_bytes_ = 0;
  bool has_news_ = false;  ///< For the manifest, besides progress.
};

}  // namespace veche::recording
