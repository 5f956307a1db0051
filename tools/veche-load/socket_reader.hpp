// SPDX-License-Identifier: Apache-2.0
// Tells clients when to read their sockets.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>

namespace veche::load {

enum class Readers {
  Polling = 1,  ///< One thread polls all sockets every 2 ms.
  Woken,        ///< A thread for each socket, woken by each packet.
};

class SocketReader {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual int descriptor() const noexcept = 0;
    /// [reader] The socket may be readable.
    virtual void on_readable() noexcept = 0;
    /// [reader] When on_readable() is due even without a packet.
    virtual int64_t due_ns() const noexcept { return std::numeric_limits<int64_t>::max(); }
  };

  virtual ~SocketReader() = default;
  /// [any] The listener is called until remove() has returned.
  virtual void add(Listener& listener) = 0;
  /// [any but reader] Waits for a call in progress.
  virtual void remove(Listener& listener) = 0;
};

/// The kernel timestamps arrivals, so a late read loses nothing. A thread that waited for each
/// datagram would be woken by the sender's own system call: the server would pay for that wake-up,
/// which clients on other machines do not cost it.
std::unique_ptr<SocketReader> make_polling_reader();

/// Reads like an ordinary load generator: the server pays for waking each client.
std::unique_ptr<SocketReader> make_woken_reader();

}  // namespace veche::load
