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

/// On the recorder's thread. Functions that write throw Failure when the file cannot be written.
class TrackRecorder {
 public:
  /// `id`: "1", "2", ... within the recording.
  TrackRecorder(std::string id, TrackInfo info, int64_t origin_ns, const TrackOutputs& outputs);

  void push(Packet packet);
  /// Handles packets due at now_ns, and fills with silence what is missing up to fill_ns.
  void advance(int64_t now_ns, int64_t fill_ns);
  /// Lets the file write the frames that are due.
  void tick(int64_t now_ns);
  void set_muted(bool muted, int64_t at_ns);
  /// The disk was too slow for this time.
  void on_overflow(const Overflow& overflow);
  /// Handles all waiting packets: no more will come. dropped: packets that the tap dropped.
  /// until_ns: the length of the recording, if it ends too.
  void end(uint64_t dropped, std::optional<int64_t> until_ns);
  void finish_file();

  const std::string& participant() const { return info_.participant; }
  uint64_t bytes() const { return file_ ? file_->bytes() : 0; }
  TrackEntry entry() const;
  std::optional<FileEntry> file_entry() const;
  const SpeechIndex& speech() const { return speech_; }

 private:
  void drain(int64_t now_ns);
  void handle(const ReorderBuffer::Ordered& ordered);
  void write(std::vector<Frame>& frames);
  uint64_t judge_loss(uint64_t missing, int64_t time_ns);
  void fill(int64_t fill_ns);
  std::vector<Gap> gaps() const;
  int64_t since_origin(int64_t monotonic_ns) const { return monotonic_ns - origin_ns_; }

  const std::string id_;
  const TrackInfo info_;
  const int64_t origin_ns_;
  const TrackOutputs outputs_;
  ReorderBuffer reorder_;
  TrackClock clock_;
  const std::unique_ptr<Depacketizer> depacketizer_;
  SpeechIndex speech_;
  std::unique_ptr<MediaFile> file_;
  std::vector<Frame> frames_;  ///< Kept for its memory.
  std::vector<Span> muted_, overflows_;
  std::optional<int64_t> muted_since_ms_;
  uint64_t packets_ = 0, lost_ = 0, dropped_ = 0;
  int64_t first_ns_ = -1, last_ns_ = 0, advanced_ns_ = 0;  ///< Since the recording began.
  bool ended_ = false;
};

}  // namespace veche::recording
