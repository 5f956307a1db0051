// SPDX-License-Identifier: Apache-2.0
// recvmmsg, sendto and sendmmsg.
#include "media/wire/udp_socket.hpp"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/time.hpp"
#include "media/wire/silence_filter.hpp"

namespace veche::media {
namespace {

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

int open_socket(sa_family_t family) {
  const int descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
  if (descriptor < 0) return descriptor;
  const int one = 1;
  // Otherwise [::] and 0.0.0.0 on the same port would exclude each other.
  if (family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  const int size = UdpSocket::kBufferBytes;
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  return descriptor;
}

bool share_port(int descriptor, bool shared) {
  const int value = shared ? 1 : 0;
  return setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &value, sizeof value) == 0;
}

int64_t wall_clock_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * kNsPerS + now.tv_nsec;
}

}  // namespace

Result<std::unique_ptr<UdpSocket>> UdpSocket::bind(const std::string& address, uint16_t port) {
  sockaddr_storage name{};
  socklen_t size = 0;
  if (!parse(address, port, name, size)) {
    return invalid("media.addresses: " + address + " is not an IP address");
  }
  const int descriptor = open_socket(name.ss_family);
  if (descriptor < 0) {
    return Error{ErrorCode::Unavailable, "no UDP socket: " + std::string(std::strerror(errno))};
  }
  std::unique_ptr<UdpSocket> made(new UdpSocket(descriptor, name.ss_family, address, port));
  if (made->bind()) return made;
  const std::string place = address + " port " + std::to_string(port);
  if (errno == EADDRINUSE) return Error{ErrorCode::Unavailable, place + " is in use"};
  return invalid("media.addresses: " + place + ": " + std::strerror(errno));
}

std::unique_ptr<UdpSocket> UdpSocket::split_silence() const {
  const int descriptor = open_socket(family_);
  if (descriptor < 0) return nullptr;
  std::unique_ptr<UdpSocket> second(new UdpSocket(descriptor, family_, address_, port_));
  // Shared only now: binding the first has shown that no other process has the port.
  if (share_port(descriptor, true) && share_port(descriptor_, true) && second->bind() &&
      second->stamp_arrivals() && media::split_silence(descriptor)) {
    return second;
  }
  second.reset();
  share_port(descriptor_, false);
  return nullptr;
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

bool UdpSocket::mark(uint8_t dscp) const noexcept {
  const int traffic_class = dscp << 2;  // The lower two bits are ECN's.
  const bool is_ipv6 = family_ == AF_INET6;
  return setsockopt(descriptor_, is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                    is_ipv6 ? IPV6_TCLASS : IP_TOS, &traffic_class, sizeof traffic_class) == 0;
}

int UdpSocket::buffer_bytes() const noexcept {
  int bytes = 0;
  socklen_t size = sizeof bytes;
  getsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, &size);
  return bytes / 2;  // Linux doubles what is asked for, for its own needs.
}

uint64_t UdpSocket::kernel_drops() const noexcept {
  std::array<uint32_t, SK_MEMINFO_VARS> values{};
  socklen_t size = sizeof values;
  if (getsockopt(descriptor_, SOL_SOCKET, SO_MEMINFO, values.data(), &size) != 0) return 0;
  return values[SK_MEMINFO_DROPS];
}

bool UdpSocket::bind() const noexcept {
  sockaddr_storage name{};
  socklen_t size = 0;
  return parse(address_, port_, name, size) &&
         ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&name), size) == 0;
}

bool UdpSocket::stamp_arrivals() {
  const int one = 1;
  if (setsockopt(descriptor_, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one) != 0) return false;
  stamps_.resize(kBatch);
  for (size_t i = 0; i < kBatch; ++i) headers_[i].msg_hdr.msg_control = stamps_[i].bytes.data();
  return true;
}

std::span<const UdpSocket::Datagram> UdpSocket::receive() noexcept {
  for (mmsghdr& header : headers_) {
    header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    header.msg_hdr.msg_controllen = stamps_.empty() ? 0 : sizeof(Stamp);
  }
  const int count = recvmmsg(descriptor_, headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
  const int64_t now_ns = stamps_.empty() ? 0 : wall_clock_ns();
  size_t used = 0;
  for (int i = 0; i < count; ++i) {
    const msghdr& header = headers_[i].msg_hdr;
    const auto from = Address::from(sources_[i], header.msg_namelen);
    if (!from) continue;
    datagrams_[used++] = {{memory_.data() + i * kMaxDatagram, headers_[i].msg_len},
                          *from,
                          stamps_.empty() ? 0 : age_ns(header, now_ns)};
  }
  return {datagrams_.data(), used};
}

int64_t UdpSocket::age_ns(const msghdr& header, int64_t now_ns) const noexcept {
  const cmsghdr* note = CMSG_FIRSTHDR(&header);
  if (!note || note->cmsg_level != SOL_SOCKET || note->cmsg_type != SCM_TIMESTAMPNS) return 0;
  timespec stamp{};
  std::memcpy(&stamp, CMSG_DATA(note), sizeof stamp);
  const int64_t age_ns = now_ns - (stamp.tv_sec * kNsPerS + stamp.tv_nsec);
  // The wall clock may have been set.
  return age_ns < 0 || age_ns > kNsPerS ? 0 : age_ns;
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
