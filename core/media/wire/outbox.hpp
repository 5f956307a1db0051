// SPDX-License-Identifier: Apache-2.0
// Gathers a lane's datagrams and sends many with one system call.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "media/lane/path.hpp"
#include "media/wire/udp_socket.hpp"

namespace veche::media {

/// [lane] For one socket. A path with a pending datagram lives until the next flush().
class Outbox {
 public:
  /// The most datagrams of one system call.
  static constexpr size_t kBatch = 32;

  explicit Outbox(const UdpSocket& socket);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  const UdpSocket& socket() const noexcept { return socket_; }
  /// Memory for one datagram, UdpSocket::kMaxDatagram bytes, valid until put() or the next begin().
  std::span<uint8_t> begin() noexcept;
  /// Sends the first `size` bytes of that memory to `to`, later. Success or the kernel's refusal is
  /// counted for the path: a packet of `packet_size` bytes of the slot with that index.
  void put(size_t size, const Address& to, Path& path, size_t packet_size, size_t slot) noexcept;
  void flush() noexcept;

 private:
  struct Sender {
    Path* path;
    size_t packet_size, slot;
  };

  const UdpSocket& socket_;
  std::vector<uint8_t> memory_;  ///< Datagrams are contiguous, so they stay in the cache.
  size_t used_ = 0, count_ = 0;
  std::array<Sender, kBatch> senders_{};
  std::array<sockaddr_storage, kBatch> addresses_{};
  std::array<iovec, kBatch> parts_{};
  std::array<mmsghdr, kBatch> headers_{};
};

}  // namespace veche::media
