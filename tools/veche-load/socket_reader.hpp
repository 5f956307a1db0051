// SPDX-License-Identifier: Apache-2.0
// The one thread that reads everybody's sockets.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace veche::load {

class SocketReader {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    /// [reader] There is something to read.
    virtual void on_readable() noexcept = 0;
  };

  SocketReader();
  ~SocketReader();
  SocketReader(const SocketReader&) = delete;
  SocketReader& operator=(const SocketReader&) = delete;

  /// [any] The listener is called until remove() has returned. False if the descriptor cannot be
  /// watched.
  bool add(int descriptor, Listener& listener);
  /// [any but reader] Waits for a call that is under way.
  void remove(int descriptor);

 private:
  void run();

  const int epoll_;
  std::mutex mutex_;  // Of the listeners; held while one is called.
  std::unordered_map<int, Listener*> listeners_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace veche::load
