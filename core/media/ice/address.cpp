// SPDX-License-Identifier: Apache-2.0
// UDP addresses from and to the system's form, and their keyed hash.
#include "media/ice/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

namespace veche::media {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

__extension__ using Wide = unsigned __int128;

/// Both halves of a 128-bit product: every input bit reaches every output bit.
uint64_t fold(uint64_t a, uint64_t b) noexcept {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

Result<HashKey> HashKey::random() {
  HashKey key;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.words.data()), sizeof(key.words)) != 1) {
    return Error{ErrorCode::Unavailable, "OpenSSL has no randomness for a hash key"};
  }
  return key;
}

std::optional<Address> Address::from(const sockaddr_storage& address, socklen_t size) noexcept {
  Address result;
  if (address.ss_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in ipv4;
    std::memcpy(&ipv4, &address, sizeof(ipv4));
    std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), result.ip_.begin());
    std::memcpy(&result.ip_[kMappedPrefix.size()], &ipv4.sin_addr, sizeof(ipv4.sin_addr));
    result.port_ = ntohs(ipv4.sin_port);
    return result;
  }
  if (address.ss_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 ipv6;
    std::memcpy(&ipv6, &address, sizeof(ipv6));
    std::memcpy(result.ip_.data(), &ipv6.sin6_addr, sizeof(ipv6.sin6_addr));
    result.port_ = ntohs(ipv6.sin6_port);
    return result;
  }
  return std::nullopt;
}

bool Address::is_ipv4() const noexcept {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), ip_.begin());
}

socklen_t Address::write(sa_family_t family, sockaddr_storage& out) const noexcept {
  out = {};
  if (family == AF_INET && is_ipv4()) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port_);
    std::memcpy(&ipv4.sin_addr, &ip_[kMappedPrefix.size()], sizeof(ipv4.sin_addr));
    std::memcpy(&out, &ipv4, sizeof(ipv4));
    return sizeof(ipv4);
  }
  if (family != AF_INET6) return 0;
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(port_);
  std::memcpy(&ipv6.sin6_addr, ip_.data(), ip_.size());
  std::memcpy(&out, &ipv6, sizeof(ipv6));
  return sizeof(ipv6);
}

std::string Address::text() const {
  char ip[INET6_ADDRSTRLEN] = "";
  if (is_ipv4()) {
    inet_ntop(AF_INET, &ip_[kMappedPrefix.size()], ip, sizeof(ip));
    return std::string(ip) + ":" + std::to_string(port_);
  }
  inet_ntop(AF_INET6, ip_.data(), ip, sizeof(ip));
  return "[" + std::string(ip) + "]:" + std::to_string(port_);
}

uint64_t Address::hash(const HashKey& key, uint16_t salt) const noexcept {
  uint64_t high = 0, low = 0;
  std::memcpy(&high, ip_.data(), sizeof(high));
  std::memcpy(&low, &ip_[sizeof(high)], sizeof(low));
  const uint64_t ports = static_cast<uint64_t>(salt) << 16 | port_;
  return fold(fold(high ^ key.words[0], low ^ key.words[1]) ^ ports, key.words[2] | 1);
}

}  // namespace veche::media
