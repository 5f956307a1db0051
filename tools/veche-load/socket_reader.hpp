// SPDX-License-Identifier: Apache-2.0
// The one thread that reads everybody's sockets.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_set>

namespace veche::load {

class SocketReader {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    /// [reader] There may be something to read.
    virtual void on_readable() noexcept = 0;
  };

  SocketReader();
  ~SocketReader();
  SocketReader(const SocketReader&) = delete;
  SocketReader& operator=(const SocketReader&) = delete;

  /// [any] The listener is called until remove() has returned.
  void add(Listener& listener);
  /// [any but reader] Waits for a call that is under way.
  void remove(Listener& listener);

 private:
  void run();

  std::mutex mutex_;  // Of the listeners; held while one is called.
  std::unordered_set<Listener*> listeners_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace veche::load
