// SPDX-License-Identifier: Apache-2.0
// A thread for what may block on the disk: control never waits for it.
#pragma once

#include <functional>
#include <memory>

namespace veche::recording {

/// [any] Runs jobs in order. The thread holds what it needs: where the disk never comes back, the
/// worker can go.
class Worker {
 public:
  using Job = std::function<void()>;

  Worker();
  /// Jobs that have not begun are dropped.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// False if too many wait.
  bool run(Job job);
  /// Waits until all are done, at most `ms`. False if they are not.
  bool drain(uint32_t ms);

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace veche::recording
