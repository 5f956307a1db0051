// SPDX-License-Identifier: Apache-2.0
// Reads all sockets in turn.
#include "socket_reader.hpp"

#include <chrono>

namespace veche::load {
namespace {

/// The kernel stamps what arrives, so nothing is lost by reading it later. A thread that waited for
/// each datagram would be woken by whoever sends it: the server would pay for that, which clients
/// on machines of their own do not cost it.
constexpr auto kPeriod = std::chrono::milliseconds(2);

}  // namespace

SocketReader::SocketReader() : thread_([this] { run(); }) {}

SocketReader::~SocketReader() {
  ending_ = true;
  thread_.join();
}

void SocketReader::add(Listener& listener) {
  const std::lock_guard lock(mutex_);
  listeners_.insert(&listener);
}

void SocketReader::remove(Listener& listener) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(&listener);
}

void SocketReader::run() {
  while (!ending_) {
    {
      const std::lock_guard lock(mutex_);
      for (Listener* listener : listeners_) listener->on_readable();
    }
    std::this_thread::sleep_for(kPeriod);
  }
}

}  // namespace veche::load
