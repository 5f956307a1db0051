// SPDX-License-Identifier: Apache-2.0
// The worker threads: a queue under a mutex, which no lane ever takes.
#include "base/workers.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <utility>

#include "base/guarded.hpp"

namespace veche {

Workers::Workers(const std::string& name, size_t count, int nice) : name_(name) {
  threads_.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    threads_.emplace_back([this, nice] {
      pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
      // On Linux, of this thread alone.
      if (nice != 0) setpriority(PRIO_PROCESS, 0, nice);
      work();
    });
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::run(std::function<void()> task, LogPlace posted) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back({std::move(task), posted});
  }
  ready_.notify_one();
}

void Workers::work() {
  for (;;) {
    Task next;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      next = std::move(tasks_.front());
      tasks_.pop_front();
    }
    guarded(name_, next.posted, next.task);
  }
}

}  // namespace veche
