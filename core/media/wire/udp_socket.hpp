// SPDX-License-Identifier: Apache-2.0
// A lane's UDP socket: receives in batches, never blocks.
#pragma once

#include <sys/socket.h>
#include <time.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/ice/address.hpp"

namespace veche::media {

class UdpSocket {
 public:
  /// The most datagrams of one system call.
  static constexpr size_t kBatch = 32;
  /// A burst while the lane is busy must fit: 4 MiB hold some 10,000 voice packets.
  static constexpr int kBufferBytes = 4 * 1024 * 1024;
  /// Larger datagrams are truncated, and then fail authentication.
  static constexpr size_t kMaxDatagram = 2048;

  struct Datagram {
    std::span<uint8_t> bytes;
    Address from;
    int64_t age_ns;  ///< Its time in the socket; 0 unless the socket is for silence.
  };

  /// Unavailable: the port is taken. InvalidArgument: not an IP address, or none of this machine's.
  static Result<std::unique_ptr<UdpSocket>> bind(const std::string& address, uint16_t port);
  /// [control] A second socket on the same port, which gets silent packets from now on
  /// (silence_filter.hpp). Null if this kernel lacks support; all packets then arrive here as
  /// before.
  std::unique_ptr<UdpSocket> split_silence() const;
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  /// [control] Marks what is sent from now on with this DSCP (RFC 8837). False: the host refuses.
  bool mark(uint8_t dscp) const noexcept;
  /// [control] The receive buffer: less than kBufferBytes if net.core.rmem_max says so.
  int buffer_bytes() const noexcept;
  /// [any] Datagrams that the kernel dropped, mostly because that buffer was full: the counter of
  /// SO_RXQ_OVFL, read without a packet. 0 if the kernel (before Linux 4.12) does not tell.
  uint64_t kernel_drops() const noexcept;

  int descriptor() const noexcept { return descriptor_; }
  sa_family_t family() const noexcept { return family_; }
  const std::string& address() const noexcept { return address_; }
  uint16_t port() const noexcept { return port_; }

  /// [lane] The received datagrams, valid until the next call; may be empty. The bytes may be
  /// overwritten.
  std::span<const Datagram> receive() noexcept;
  /// [lane] False if the kernel refuses it: its buffer is full, or the address is unreachable.
  bool send(std::span<const uint8_t> bytes, const Address& to) const noexcept;
  /// [lane] Sends the datagrams in order until the kernel refuses one; returns the number sent.
  size_t send(std::span<mmsghdr> datagrams) const noexcept;

 private:
  struct Stamp {
    alignas(cmsghdr) std::array<uint8_t, CMSG_SPACE(sizeof(timespec))> bytes;
  };

  UdpSocket(int descriptor, sa_family_t family, std::string address, uint16_t port);
  bool bind() const noexcept;
  bool stamp_arrivals();
  int64_t age_ns(const msghdr& header, int64_t now_ns) const noexcept;

  const int descriptor_;
  const sa_family_t family_;
  const std::string address_;
  const uint16_t port_;
  std::vector<uint8_t> memory_;
  std::array<sockaddr_storage, kBatch> sources_{};
  std::array<iovec, kBatch> parts_{};
  std::array<mmsghdr, kBatch> headers_{};
  std::vector<Stamp> stamps_;  // The kernel's arrival times. Empty unless requested.
  std::array<Datagram, kBatch> datagrams_{};
};

}  // namespace veche::media
