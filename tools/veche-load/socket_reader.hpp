// SPDX-License-Identifier: Apache-2.0
// Tells clients when to read their sockets.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>

namespace veche::load {

enum class Readers {
  Polling = 1,  ///< One thread looks at all sockets every 2 ms.
  Woken,        ///< A thread for each socket, which each packet wakes.
};

class SocketReader {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual int descriptor() const noexcept = 0;
    /// [reader] There may be something to read.
    virtual void on_readable() noexcept = 0;
    /// [reader] on_readable() is wanted then even if nothing has come.
    virtual int64_t due_ns() const noexcept { return std::numeric_limits<int64_t>::max(); }
  };

  virtual ~SocketReader() = default;
  /// [any] The listener is called until remove() has returned.
  virtual void add(Listener& listener) = 0;
  /// [any but reader] Waits for a call that is under way.
  virtual void remove(Listener& listener) = 0;
};

/// The kernel stamps what arrives, so nothing is lost by reading it later. A thread that waited for
/// each datagram would be woken by the sender's own system call: the server would pay for that,
/// which clients on machines of their own do not cost it.
std::unique_ptr<SocketReader> make_polling_reader();

/// As a load generator reads that knows nothing of this: the server pays for waking each client.
std::unique_ptr<SocketReader> make_woken_reader();

}  // namespace veche::load
