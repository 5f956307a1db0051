// SPDX-License-Identifier: Apache-2.0
// recvmmsg, sendto and sendmmsg.
#include "media/wire/udp_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace veche::media {
namespace {

/// A burst while the lane is busy must find room: 4 MiB are some 10,000 voice packets. The kernel
/// gives less where net.core.rmem_max says so.
constexpr int kBufferSize = 4 * 1024 * 1024;

bool parse(const std::string& text, uint16_t port, sockaddr_storage& out, socklen_t& size) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    size = sizeof *v4;
    return true;
  }
  if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    size = sizeof *v6;
    return true;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<UdpSocket>> UdpSocket::bind(const std::string& address, uint16_t port) {
  sockaddr_storage name{};
  socklen_t size = 0;
  if (!parse(address, port, name, size)) {
    return invalid("media.addresses: " + address + " is not an IP address");
  }
  const int descriptor =
      socket(name.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
  if (descriptor < 0) {
    return Error{ErrorCode::Unavailable, "no UDP socket: " + std::string(std::strerror(errno))};
  }
  std::unique_ptr<UdpSocket> made(new UdpSocket(descriptor, name.ss_family, address, port));
  const int one = 1;
  // Otherwise [::] and 0.0.0.0 on the same port would exclude each other.
  if (name.ss_family == AF_INET6) {
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  }
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &kBufferSize, sizeof kBufferSize);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &kBufferSize, sizeof kBufferSize);
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&name), size) == 0) return made;
  const std::string place = address + " port " + std::to_string(port);
  if (errno == EADDRINUSE) return Error{ErrorCode::Unavailable, place + " is in use"};
  return invalid("media.addresses: " + place + ": " + std::strerror(errno));
}

UdpSocket::UdpSocket(int descriptor, sa_family_t family, std::string address, uint16_t port)
    : descriptor_(descriptor),
      family_(family),
      address_(std::move(address)),
      port_(port),
      memory_(kBatch * kMaxDatagram) {
  for (size_t i = 0; i < kBatch; ++i) {
    parts_[i] = {memory_.data() + i * kMaxDatagram, kMaxDatagram};
    headers_[i].msg_hdr.msg_name = &sources_[i];
    headers_[i].msg_hdr.msg_iov = &parts_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

UdpSocket::~UdpSocket() { close(descriptor_); }

std::span<const UdpSocket::Datagram> UdpSocket::receive() noexcept {
  for (mmsghdr& header : headers_) header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
  const int count = recvmmsg(descriptor_, headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
  size_t used = 0;
  for (int i = 0; i < count; ++i) {
    const auto from = Address::from(sources_[i], headers_[i].msg_hdr.msg_namelen);
    if (!from) continue;
    datagrams_[used++] = {{memory_.data() + i * kMaxDatagram, headers_[i].msg_len}, *from};
  }
  return {datagrams_.data(), used};
}

bool UdpSocket::send(std::span<const uint8_t> bytes, const Address& to) const noexcept {
  sockaddr_storage name;
  const socklen_t size = to.write(family_, name);
  return size != 0 && sendto(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&name),
                             size) == static_cast<ssize_t>(bytes.size());
}

size_t UdpSocket::send(std::span<mmsghdr> datagrams) const noexcept {
  const int sent = sendmmsg(descriptor_, datagrams.data(),
                            static_cast<unsigned int>(datagrams.size()), MSG_DONTWAIT);
  return sent < 0 ? 0 : static_cast<size_t>(sent);
}

}  // namespace veche::media
