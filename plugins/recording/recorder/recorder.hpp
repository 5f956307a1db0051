// SPDX-License-Identifier: Apache-2.0
// One recording in progress: the thread around Work.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "recording/recorder/work.hpp"

namespace veche::recording {

/// [any] The thread holds what it works on. Where a disk never comes back, the recorder can go, and
/// the thread stays behind without anybody to tell.
class Recorder {
 public:
  /// [recorder's thread] Called once, when all files are closed, also after the recorder's end.
  using Ended = std::function<void(std::shared_ptr<const Manifest>)>;

  /// Begins to record. Takes dir_fd, the recording's own folder.
  Recorder(int dir_fd, Manifest manifest, const Plan& plan, const RecorderSettings& settings,
           Ended ended);
  /// Stops it and does not wait.
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// What taps and the room tell it.
  const std::shared_ptr<Inbox>& inbox() const;
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
