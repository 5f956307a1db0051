// SPDX-License-Identifier: Apache-2.0
// Waits for all sockets at once.
#include "socket_reader.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>

namespace veche::load {
namespace {

constexpr int kWaitMs = 100;  // How soon the end is noticed.

}  // namespace

SocketReader::SocketReader() : epoll_(epoll_create1(EPOLL_CLOEXEC)), thread_([this] { run(); }) {}

SocketReader::~SocketReader() {
  ending_ = true;
  thread_.join();
  close(epoll_);
}

bool SocketReader::add(int descriptor, Listener& listener) {
  const std::lock_guard lock(mutex_);
  listeners_[descriptor] = &listener;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0) return true;
  listeners_.erase(descriptor);
  return false;
}

void SocketReader::remove(int descriptor) {
  const std::lock_guard lock(mutex_);
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  listeners_.erase(descriptor);
}

void SocketReader::run() {
  std::array<epoll_event, 64> events;
  while (!ending_) {
    const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kWaitMs);
    for (int i = 0; i < ready; ++i) {
      const std::lock_guard lock(mutex_);
      const auto found = listeners_.find(events[static_cast<size_t>(i)].data.fd);
      if (found != listeners_.end()) found->second->on_readable();
    }
  }
}

}  // namespace veche::load
