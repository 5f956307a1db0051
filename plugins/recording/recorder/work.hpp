// SPDX-License-Identifier: Apache-2.0
// What a recorder's thread does: packets in, files and a manifest out. Without a thread of its own,
// and with the time as an argument.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "recording/file/manifest.hpp"
#include "recording/recorder/inbox.hpp"
#include "recording/recorder/plan.hpp"
#include "recording/recorder/track_recorder.hpp"

namespace veche::recording {

struct RecorderSettings {
  size_t queue_bytes = size_t{64} * 1024 * 1024;
  int32_t mix_bitrate_bps = 48'000;
  uint64_t min_free_bytes = 0;  ///< A recording ends when its disk has less than this left.
};

class Work {
 public:
  /// The folder, in dir_fd, is the caller's. The manifest says what is recorded, and where.
  Work(int dir_fd, Manifest manifest, const Plan& plan, const RecorderSettings& settings,
       int64_t origin_ns);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  /// Everything that was taken from the inbox at now_ns. After a failure there is nothing to do but
  /// finish().
  void handle(Inbox::Batch batch, int64_t now_ns);
  bool wants_to_end() const { return !manifest_.ended_by.empty(); }
  /// Closes what is open and says how it ended, on disk too if that is possible.
  void finish(int64_t now_ns);
  /// With the progress of everything that is being written.
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
  void guarded(const std::function<void()>& work) noexcept;
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
  std::map<std::string, int64_t> muted_;  ///< Who is, since when.
  std::vector<Frame> mixed_;
  uint64_t closed_bytes_ = 0;
  size_t next_id_ = 1;
  int64_t turned_ns_, checked_ns_ = 0, written_ns_ = 0;
};

}  // namespace veche::recording
