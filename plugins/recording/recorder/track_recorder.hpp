// SPDX-License-Identifier: Apache-2.0
// One track of one recording: takes packets as they arrive, and puts frames into its file and the
// mix.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recording/file/manifest.hpp"
#include "recording/file/media_file.hpp"
#include "recording/mix/mixer.hpp"
#include "recording/recorder/recorder_queue.hpp"
#include "recording/recorder/track_times.hpp"
#include "recording/track/clock_check.hpp"
#include "recording/track/depacketizer.hpp"
#include "recording/track/reorder_buffer.hpp"
#include "recording/track/speech_index.hpp"
#include "recording/track/track_clock.hpp"

namespace veche::recording {

/// Where a track goes. The recorder owns all of this, and outlives its tracks.
struct TrackOutputs {
  int dir_fd = -1;
  bool to_file = true;
  Mixer* mixer = nullptr;  ///< Null: no mix.
  std::string title;       ///< Of its file.
  int64_t started_unix_ms = 0;
};

/// On the recorder's thread. Functions that write throw Failure when the file cannot be written, or
/// when the track cannot go on; the owner then ends the recording, or calls fail().
class TrackRecorder {
 public:
  /// A track that begins later than this has a file that begins with it, instead of silence from
  /// the recording's beginning on.
  static constexpr int64_t kMostLeadNs = 60'000'000'000;

  /// `id`: "1", "2", ... within the recording. Does not throw: a track whose codec cannot be read
  /// has failed.
  TrackRecorder(std::string id, TrackInfo info, int64_t origin_ns, const TrackOutputs& outputs);

  void push(Packet packet);
  /// Handles packets due at now_ns, and fills with silence what is missing up to fill_ns.
  void advance(int64_t now_ns, int64_t fill_ns);
  /// Lets the file write the frames that are due.
  void tick(int64_t now_ns);
  void set_muted(bool muted, int64_t at_ns) { times_.set_muted(muted, since_origin(at_ns)); }
  /// The disk was too slow for this time.
  void on_overflow(const Overflow& overflow);
  /// Handles all waiting packets: no more will come. dropped: packets that the tap dropped.
  /// until_ns: the length of the recording, if it ends too.
  void end(uint64_t dropped, std::optional<int64_t> until_ns);
  /// What went wrong outside, for the manifest.
  void note(const std::string& problem, const std::string& why);
  /// Ends the track without the packets that wait, and gives its memory back. `problem`: as in
  /// TrackEntry.
  void fail(const std::string& problem, const std::string& why) noexcept;
  /// May be called again, and does nothing then.
  void finish_file();

  const std::string& participant() const { return info_.participant; }
  uint64_t bytes() const { return file_ ? file_->bytes() : 0; }
  TrackEntry entry() const;
  std::optional<FileEntry> file_entry() const;
  const SpeechIndex& speech() const { return speech_; }

 private:
  bool follow_source(const Packet& packet);
  void follow_clock(const ClockCheck::Finding& finding);
  void drain(int64_t now_ns);
  void handle(const ReorderBuffer::Ordered& ordered);
  void begin(int64_t time_ns);
  void write(std::vector<Frame>& frames);
  void mix(const Frame& frame);
  void write_to_file(Frame& frame);
  uint64_t judge_loss(uint64_t missing, int64_t time_ns);
  void fill(int64_t fill_ns);
  void release() noexcept;
  Losses losses() const;
  int64_t since_origin(int64_t monotonic_ns) const { return monotonic_ns - origin_ns_; }

  const std::string id_;
  const TrackInfo info_;
  const int64_t origin_ns_;
  TrackOutputs outputs_;
  ReorderBuffer reorder_;
  TrackClock clock_;
  ClockCheck check_;
  std::unique_ptr<Depacketizer> depacketizer_;  ///< Null once the track has ended.
  SpeechIndex speech_;
  std::unique_ptr<MediaFile> file_;
  std::vector<Frame> frames_;  ///< Kept for its memory.
  TrackTimes times_;
  Depacketizer::Refused refused_;  ///< Of the depacketizer that is gone.
  GapLog gaps_{0};                 ///< The same.

  uint32_t clock_rate_;
  std::optional<uint32_t> ssrc_, ssrc_before_;
  int64_t switched_ns_ = 0;  ///< When the other source began.
  bool has_begun_ = false, ended_ = false, is_finished_ = false;
  std::string problem_, detail_;
  Losses losses_;            ///< What is counted here.
  uint64_t foreign_before_;  ///< Packets that came before the recording.
  uint64_t packets_ = 0;
  int64_t start_ns_ = 0;  ///< Of the file, since the recording began.
  int64_t first_ns_ = -1, last_ns_ = 0, advanced_ns_ = 0;  ///< The same.
};

}  // namespace veche::recording
