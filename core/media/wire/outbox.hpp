// SPDX-License-Identifier: Apache-2.0
// What a lane sends, gathered: one system call for many datagrams.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "media/lane/path.hpp"
#include "media/wire/udp_socket.hpp"

namespace veche::media {

/// [lane] Of one socket. A path that has put something in lives until the next flush().
class Outbox {
 public:
  /// As many datagrams as one system call takes.
  static constexpr size_t kBatch = 32;

  explicit Outbox(const UdpSocket& socket);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  const UdpSocket& socket() const noexcept { return socket_; }
  /// Memory for one datagram, UdpSocket::kMaxDatagram bytes, valid until put() or the next begin().
  std::span<uint8_t> begin() noexcept;
  /// The first `size` bytes of that memory will go to `to`. Then, or when the kernel refuses them,
  /// that is counted for the path: a packet of `packet_size` bytes of the slot with that index.
  void put(size_t size, const Address& to, Path& path, size_t packet_size, size_t slot) noexcept;
  void flush() noexcept;

 private:
  struct Sender {
    Path* path;
    size_t packet_size, slot;
  };

  const UdpSocket& socket_;
  std::vector<uint8_t> memory_;  ///< Datagrams lie one behind the other: they stay in the cache.
  size_t used_ = 0, count_ = 0;
  std::array<Sender, kBatch> senders_{};
  std::array<sockaddr_storage, kBatch> addresses_{};
  std::array<iovec, kBatch> parts_{};
  std::array<mmsghdr, kBatch> headers_{};
};

}  // namespace veche::media
