// SPDX-License-Identifier: Apache-2.0
// A few threads for blocking work: making and destroying pipelines.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log_limit.hpp"

namespace veche {

/// Runs tasks in the order in which they were posted, a bounded number at once.
class Workers {
 public:
  /// `name` is the threads' name in top and gdb (15 characters). `nice`: how much less urgent they
  /// are than other threads, 0 to 19; threads that they start inherit it.
  Workers(const std::string& name, size_t count, int nice = 0);
  /// Finishes all posted tasks, then ends the threads.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// [any but lane] An exception that leaves the task is logged, with the place of this call.
  void run(std::function<void()> task, LogPlace posted = LogPlace::here());

 private:
  struct Task {
    std::function<void()> task;
    LogPlace posted;
  };
  void work();

  const std::string name_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace veche
