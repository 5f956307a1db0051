// SPDX-License-Identifier: Apache-2.0
// A client's socket on loopback, where what was sent has arrived when the call returns.
#pragma once

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
  /// Nothing if nothing has come.
  std::optional<Bytes> receive();
  const Address& address() const { return address_; }
  /// From which port the newest datagram came.
  uint16_t sender_port() const { return sender_.port(); }

 private:
  int descriptor_;
  Address address_, server_, sender_;
};

bool has_address(const std::string& address);
/// Of the system's choice, and free a moment ago.
uint16_t free_port(const std::string& address);

}  // namespace veche::media::test
