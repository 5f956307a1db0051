// SPDX-License-Identifier: Apache-2.0
// A thread for jobs that may block on the disk, so that control never waits for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace veche::recording {

/// [any] Runs jobs in order. The thread owns what it needs, so that this object can be destroyed
/// while a stalled disk blocks the thread.
class DiskThread {
 public:
  using Job = std::function<void()>;
  static constexpr size_t kMaxWaiting = 512;

  DiskThread();
  /// Jobs that have not begun are dropped.
  ~DiskThread();
  DiskThread(const DiskThread&) = delete;
  DiskThread& operator=(const DiskThread&) = delete;

  /// False if kMaxWaiting jobs wait already.
  bool run(Job job);
  /// Waits until all are done, at most `ms`. False if they are not.
  bool drain(uint32_t ms);

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace veche::recording
