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
  /// As many datagrams as one system call brings.
  static constexpr size_t kBatch = 32;
  /// Larger ones are cut off, and then refused by whatever authenticates them.
  static constexpr size_t kMaxDatagram = 2048;

  struct Datagram {
    std::span<uint8_t> bytes;
    Address from;
    int64_t age_ns;  ///< How long it has waited here; 0 unless the socket is for silence.
  };

  /// Unavailable: the port is taken. InvalidArgument: not an IP address, or none of this machine.
  static Result<std::unique_ptr<UdpSocket>> bind(const std::string& address, uint16_t port);
  /// [control] A second socket on the same port, to which silent packets come from now on
  /// (silence_filter.hpp). Null: this kernel cannot, and all comes here as before.
  std::unique_ptr<UdpSocket> split_silence() const;
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  int descriptor() const noexcept { return descriptor_; }
  sa_family_t family() const noexcept { return family_; }
  const std::string& address() const noexcept { return address_; }
  uint16_t port() const noexcept { return port_; }

  /// [lane] What has arrived, valid until the next call. Empty: nothing. The bytes may be written
  /// to.
  std::span<const Datagram> receive() noexcept;
  /// [lane] False if the kernel does not take it: its buffer is full, or the address cannot be
  /// reached.
  bool send(std::span<const uint8_t> bytes, const Address& to) const noexcept;
  /// [lane] Sends the datagrams in order until the kernel does not take one; returns how many it
  /// took.
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
  std::vector<Stamp> stamps_;  // Of the arrival, by the kernel. Empty: nobody has asked for them.
  std::array<Datagram, kBatch> datagrams_{};
};

}  // namespace veche::media
