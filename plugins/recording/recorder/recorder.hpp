// SPDX-License-Identifier: Apache-2.0
// One recording in progress: the thread around a RecordingWriter.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "recording/recorder/recording_writer.hpp"

namespace veche::recording {

/// [any] The thread owns what it works on, so that this object can be destroyed while a stalled
/// disk blocks the thread.
class Recorder {
 public:
  /// [recorder's thread] Called once, when all files are closed, possibly after the recorder's end.
  using Ended = std::function<void(std::shared_ptr<const Manifest>)>;

  /// Begins to record. Takes ownership of dir_fd, the recording's own folder.
  Recorder(int dir_fd, Manifest manifest, const Plan& plan, const RecorderSettings& settings,
           Ended ended);
  /// Stops the recording without waiting for its end.
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// For the packets of taps and the news of the room.
  const std::shared_ptr<RecorderQueue>& queue() const;
  /// As it was at most a second ago.
  std::shared_ptr<const Manifest> manifest() const;
  void stop(const std::string& ended_by);
  /// False if it has not ended within `ms`.
  bool wait(uint32_t ms) const;

 private:
  struct Shared;
  static void run(const std::shared_ptr<Shared>& shared);
  const std::shared_ptr<Shared> shared_;
};

}  // namespace veche::recording
