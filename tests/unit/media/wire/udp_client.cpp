// SPDX-License-Identifier: Apache-2.0
// Plain socket calls.
#include "udp_client.hpp"

#include <unistd.h>

namespace veche::media::test {
namespace {

sa_family_t family_of(const std::string& address) {
  return address.find(':') == std::string::npos ? AF_INET : AF_INET6;
}

/// -1 if this machine does not have the address.
int bind_any_port(const std::string& ip) {
  const sa_family_t family = family_of(ip);
  const int descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  sockaddr_storage name{};
  const socklen_t size = address(ip, 0).write(family, name);
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&name), size) == 0) return descriptor;
  close(descriptor);
  return -1;
}

Address name_of(int descriptor) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  EXPECT_EQ(getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size), 0);
  return Address::from(name, size).value_or(Address());
}

}  // namespace

UdpClient::UdpClient(const std::string& ip, uint16_t server_port)
    : descriptor_(bind_any_port(ip)),
      address_(name_of(descriptor_)),
      server_(test::address(ip, server_port)) {}

UdpClient::~UdpClient() { close(descriptor_); }

void UdpClient::send(const Bytes& datagram) const {
  sockaddr_storage name{};
  const socklen_t size = server_.write(address_.is_ipv4() ? AF_INET : AF_INET6, name);
  EXPECT_EQ(sendto(descriptor_, datagram.data(), datagram.size(), 0,
                   reinterpret_cast<sockaddr*>(&name), size),
            static_cast<ssize_t>(datagram.size()));
}

std::optional<Bytes> UdpClient::receive() {
  Bytes datagram(65536);
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const ssize_t count = recvfrom(descriptor_, datagram.data(), datagram.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &size);
  if (count < 0) return std::nullopt;
  datagram.resize(static_cast<size_t>(count));
  sender_ = Address::from(from, size).value_or(Address());
  return datagram;
}

bool has_address(const std::string& ip) {
  const int descriptor = bind_any_port(ip);
  if (descriptor >= 0) close(descriptor);
  return descriptor >= 0;
}

uint16_t free_port(const std::string& ip) {
  const int descriptor = bind_any_port(ip);
  const uint16_t port = name_of(descriptor).port();
  close(descriptor);
  return port;
}

}  // namespace veche::media::test
