// SPDX-License-Identifier: Apache-2.0
// A queue of jobs and a detached thread.
#include "recording/control/disk_thread.hpp"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace veche::recording {

struct DiskThread::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> jobs;
  bool is_busy = false;
  bool ends = false;
};

DiskThread::DiskThread() : shared_(std::make_shared<Shared>()) {
  std::thread([shared = shared_] {
    pthread_setname_np(pthread_self(), "recording-disk");
    std::unique_lock lock(shared->mutex);
    while (true) {
      shared->changed.wait(lock, [&] { return shared->ends || !shared->jobs.empty(); });
      if (shared->ends) return;
      Job job = std::move(shared->jobs.front());
      shared->jobs.pop_front();
      shared->is_busy = true;
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
      shared->is_busy = false;
      shared->changed.notify_all();
    }
  }).detach();
}

DiskThread::~DiskThread() {
  std::deque<Job> dropped;  // Destroyed without the lock, because it runs destructors.
  const std::lock_guard lock(shared_->mutex);
  shared_->ends = true;
  dropped.swap(shared_->jobs);
  shared_->changed.notify_all();
}

bool DiskThread::run(Job job) {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->jobs.size() >= kMaxWaiting) return false;
  shared_->jobs.push_back(std::move(job));
  shared_->changed.notify_all();
  return true;
}

bool DiskThread::drain(uint32_t ms) {
  std::unique_lock lock(shared_->mutex);
  return shared_->changed.wait_for(lock, std::chrono::milliseconds(ms),
                                   [this] { return shared_->jobs.empty() && !shared_->is_busy; });
}

}  // namespace veche::recording
