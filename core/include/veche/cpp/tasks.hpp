// SPDX-License-Identifier: Apache-2.0
// Posts and timers with closures. Owns the closures that have not run, so that none leaks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "../host.h"
#include "failure.hpp"

namespace veche::detail {

class Tasks {
 public:
  Tasks(const veche_host* host, const veche_loop* loop, const veche_log* log)
      : host_(host), loop_(loop), log_(log) {}
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;

  /// [any but lane]
  veche_status post(std::function<void()> work) {
    if (loop_ == nullptr) return VECHE_E_UNSUPPORTED;
    Task* task = keep(std::move(work), false);
    const veche_status status = loop_->post(host_, run, task);
    if (status != VECHE_OK) take(task, true);
    return status;
  }
  /// [control]
  uint64_t every(uint32_t interval_ms, std::function<void()> work) {
    if (loop_ == nullptr) return 0;
    Task* task = keep(std::move(work), true);
    task->timer = loop_->add_timer(host_, interval_ms, run, task);
    if (task->timer != 0) return task->timer;
    take(task, true);
    return 0;
  }
  /// [control] A timer may cancel itself.
  veche_status cancel(uint64_t timer) {
    if (loop_ == nullptr) return VECHE_E_UNSUPPORTED;
    const veche_status status = loop_->cancel_timer(host_, timer);
    // Destroyed without the lock: destructors of closures may call this object.
    std::shared_ptr<Task> cancelled;
    const std::lock_guard lock(mutex_);
    for (auto entry = tasks_.begin(); entry != tasks_.end(); ++entry) {
      if (entry->second->timer != timer || !entry->second->repeats) continue;
      cancelled = std::move(entry->second);
      tasks_.erase(entry);
      break;
    }
    return status;
  }
  void clear() {
    std::map<Task*, std::shared_ptr<Task>> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(tasks_);
  }
  void log_failure(const char* what, const char* why) const noexcept {
    if (log_ == nullptr) return;
    if (VECHE_HAS(log_, veche_log, fail)) return log_->fail(host_, what, why);
    guarded(
        [&] {
          const std::string line = std::string(what) + " failed: " + why;
          log_->write(host_, VECHE_LOG_ERROR, line.c_str());
        },
        [](veche_status, const char*) {});
  }

 private:
  struct Task {
    Tasks* owner;
    std::function<void()> work;
    bool repeats;
    uint64_t timer = 0;
  };

  Task* keep(std::function<void()> work, bool repeats) {
    auto task = std::make_shared<Task>(Task{this, std::move(work), repeats});
    const std::lock_guard lock(mutex_);
    return (tasks_[task.get()] = task).get();
  }
  std::shared_ptr<Task> take(Task* task, bool forget) {
    const std::lock_guard lock(mutex_);
    const auto found = tasks_.find(task);
    if (found == tasks_.end()) return nullptr;
    std::shared_ptr<Task> taken = found->second;
    if (forget) tasks_.erase(found);
    return taken;
  }
  static void run(void* data) {
    auto* task = static_cast<Task*>(data);
    Tasks& owner = *task->owner;
    if (const auto held = owner.take(task, !task->repeats)) {
      guarded([&] { held->work(); },
              [&](veche_status, const char* why) { owner.log_failure("a task", why); });
    }
  }

  const veche_host* const host_;
  const veche_loop* const loop_;
  const veche_log* const log_;
  std::mutex mutex_;
  std::map<Task*, std::shared_ptr<Task>> tasks_;
};

}  // namespace veche::detail
