// SPDX-License-Identifier: Apache-2.0
// A client's socket on loopback; a datagram has arrived when the sending call returns.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "../ice/stun_client.hpp"

namespace veche::media::test {

class UdpClient {
 public:
  /// Bound to a free port of `address`; sends to `server_port` there, and receives from all.
  UdpClient(const std::string& address, uint16_t server_port);
  ~UdpClient();
  UdpClient(const UdpClient&) = delete;
  UdpClient& operator=(const UdpClient&) = delete;

  void send(const Bytes& datagram) const;
  /// Nothing if no datagram has arrived.
  std::optional<Bytes> receive();
  const Address& address() const { return address_; }
  /// The source port of the newest datagram.
  uint16_t sender_port() const { return sender_.port(); }

 private:
  int descriptor_;
  Address address_, server_, sender_;
};

bool has_address(const std::string& address);
/// The system's choice, free a moment ago.
uint16_t free_port(const std::string& address);

/// Of tests whose parameter is an address.
inline std::string family_name(const testing::TestParamInfo<const char*>& info) {
  return std::string(info.param).find(':') == std::string::npos ? "IPv4" : "IPv6";
}

}  // namespace veche::media::test
