// SPDX-License-Identifier: Apache-2.0
// Ends the thread, or gives up waiting for it.
#include "events/log_thread.hpp"

#include <chrono>

namespace veche::events {

LogThread::LogThread(glib::ControlLoop& loop, std::unique_ptr<Store> store)
    : link_(std::make_shared<Link>(loop)),
      store_(std::move(store)),
      workers_(std::make_unique<Workers>("events", 1)) {}

std::optional<Status> LogThread::end(const std::function<Status(Store&)>& last, uint32_t limit_ms) {
  if (!workers_) return std::nullopt;
  link_->cut();
  const auto ended = std::make_shared<std::promise<Status>>();
  std::future<Status> future = ended->get_future();
  workers_->run([store = store_, last, ended] {
    Status status = last(*store);
    store->close();
    ended->set_value(std::move(status));
  });
  if (future.wait_for(std::chrono::milliseconds(limit_ms)) == std::future_status::ready) {
    workers_.reset();
    return future.get();
  }
  // Its destructor would wait for the disk; the process is about to end.
  static_cast<void>(workers_.release());
  return std::nullopt;
}

void LogThread::Link::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (loop_) loop_->post(std::move(task));
}

void LogThread::Link::cut() {
  const std::lock_guard lock(mutex_);
  loop_ = nullptr;
}

}  // namespace veche::events
