// SPDX-License-Identifier: Apache-2.0
// Posts and timers with closures, which are destroyed whether or not they run.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
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
    auto task = std::make_unique<Task>(*this, std::move(work));
    const veche_status status = loop_->post(
        host_, run_once, [](void* data) { delete static_cast<Task*>(data); }, task.get());
    if (status == VECHE_OK) static_cast<void>(task.release());
    return status;
  }
  /// [control]
  veche_status after_lanes(std::function<void()> work) {
    if (loop_ == nullptr) return VECHE_E_UNSUPPORTED;
    auto task = std::make_unique<Task>(*this, std::move(work));
    const veche_status status = loop_->after_lanes(host_, run_once, task.get());
    if (status == VECHE_OK) static_cast<void>(task.release());
    return status;
  }
  /// [control]
  uint64_t every(uint32_t interval_ms, std::function<void()> work) {
    if (loop_ == nullptr) return 0;
    auto task = std::make_shared<Task>(*this, std::move(work));
    const uint64_t timer = loop_->add_timer(
        host_, interval_ms,
        [](void* data) {
          // A timer may cancel itself.
          const std::shared_ptr<Task> held = static_cast<Task*>(data)->shared_from_this();
          held->run();
        },
        task.get());
    if (timer != 0) timers_.emplace(timer, std::move(task));
    return timer;
  }
  /// [control]
  veche_status cancel(uint64_t timer) {
    if (loop_ == nullptr) return VECHE_E_UNSUPPORTED;
    const auto cancelled = timers_.extract(timer);
    return loop_->cancel_timer(host_, timer);
  }
  /// [control] The host has cancelled the timers.
  void clear() { std::exchange(timers_, {}); }

  void log_failure(const char* what, const char* why) const noexcept {
    if (log_ != nullptr) log_->fail(host_, what, why);
  }

 private:
  struct Task : std::enable_shared_from_this<Task> {
    Task(const Tasks& tasks, std::function<void()> closure)
        : owner(tasks), work(std::move(closure)) {}
    void run() const noexcept {
      guarded(work, [&](veche_status, const char* why) { owner.log_failure("a task", why); });
    }
    const Tasks& owner;
    const std::function<void()> work;
  };
  static void run_once(void* data) { std::unique_ptr<Task>(static_cast<Task*>(data))->run(); }

  const veche_host* const host_;
  const veche_loop* const loop_;
  const veche_log* const log_;
  std::map<uint64_t, std::shared_ptr<Task>> timers_;
};

}  // namespace veche::detail
