// SPDX-License-Identifier: Apache-2.0
// The thread that alone uses the store, and the way back to control.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "base/workers.hpp"
#include "events/store.hpp"
#include "glib/control_loop.hpp"

namespace veche::events {

/// [control] all of it. A disk may hold the thread up for ever: then the end leaves it behind.
class LogThread {
 public:
  /// The loop outlives this.
  LogThread(glib::ControlLoop& loop, std::unique_ptr<Store> store);
  ~LogThread() {
    end([](Store&) -> Status { return Ok{}; }, 0);
  }
  LogThread(const LogThread&) = delete;
  LogThread& operator=(const LogThread&) = delete;

  /// Calls `work` on the thread, in the order of these calls, and `done` with what it returns on
  /// control, unless this has ended by then. Neither throws.
  template <class Value>
  void run(std::function<Value(Store&)> work, std::function<void(Value)> done) {
    workers_->run([store = store_, link = link_, work = std::move(work), done = std::move(done)] {
      link->post([link, done, value = work(*store)]() mutable {
        if (link->is_open()) done(std::move(value));
      });
    });
  }

  /// Calls `work` as run() does, and returns what it returned. Blocks as long as the disk does.
  template <class Value>
  Value wait_for(std::function<Value(Store&)> work) {
    // Shared: the thread may still be leaving set_value() when this returns.
    const auto returned = std::make_shared<std::promise<Value>>();
    std::future<Value> future = returned->get_future();
    workers_->run(
        [store = store_, work = std::move(work), returned] { returned->set_value(work(*store)); });
    return future.get();
  }

  /// Calls `last` after all else, and closes the store; no `done` is called any more. Waits for
  /// `limit_ms` at most. What `last` returned; nothing: the thread has not come that far, and is
  /// left behind.
  std::optional<Status> end(const std::function<Status(Store&)>& last, uint32_t limit_ms);

 private:
  /// The thread may outlive the loop, which a mutex has to keep it from.
  class Link {
   public:
    explicit Link(glib::ControlLoop& loop) : loop_(&loop) {}
    /// [any] Dropped once it is cut.
    void post(std::function<void()> task);
    /// [control]
    void cut();
    /// [control]
    bool is_open() const { return loop_ != nullptr; }

   private:
    std::mutex mutex_;
    glib::ControlLoop* loop_;  ///< Null once it is cut. Changed by control alone, under the mutex.
  };

  const std::shared_ptr<Link> link_;
  const std::shared_ptr<Store> store_;  ///< Shared with the thread's tasks.
  std::unique_ptr<Workers> workers_;
};

}  // namespace veche::events
