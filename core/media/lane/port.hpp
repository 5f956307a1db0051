// SPDX-License-Identifier: Apache-2.0
// The sockets of a lane that carries packets itself.
#pragma once

#include <cstdint>
#include <span>

#include "base/ids.hpp"

namespace veche::media {

/// [lane] all but the destructor, which runs after the lane has ended. Never blocks.
class Port {
 public:
  virtual ~Port() = default;
  /// Become readable when a datagram arrives that cannot wait until receive_due_ns().
  virtual std::span<const int> descriptors() const noexcept = 0;
  /// When to call receive() at the latest, even if nothing is readable.
  virtual int64_t receive_due_ns() const noexcept = 0;
  /// Handles a batch of datagrams. True: there may be more.
  virtual bool receive() noexcept = 0;
  /// Sends the packets gathered by paths. To be called after them, and before a path ends.
  virtual void flush() noexcept = 0;
  virtual int64_t tick_due_ns() const noexcept = 0;
  /// Sends due reports.
  virtual void tick(int64_t now_ns) noexcept = 0;
  /// Sends a datagram made on another thread to a session's peer.
  virtual void send(SessionId session, std::span<const uint8_t> datagram) noexcept = 0;
};

}  // namespace veche::media
