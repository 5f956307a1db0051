// SPDX-License-Identifier: Apache-2.0
// UDP addresses and candidate pairs as values: comparable, hashable with a secret key, printable.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace veche::media {

/// A secret that makes hashes of what strangers send unpredictable, so that no stranger can choose
/// addresses that collide.
struct HashKey {
  std::array<uint64_t, 3> words{};

  /// Unavailable if OpenSSL has no randomness.
  static Result<HashKey> random();
};

/// IP address and port. An IPv4 address and its IPv4-mapped IPv6 form are the same one. The scope
/// of link-local IPv6 addresses is not kept: ICE does not use them (RFC 8445 section 5.1.1.1).
class Address {
 public:
  Address() = default;
  /// Nothing for other families and for lengths that do not fit the family.
  static std::optional<Address> from(const sockaddr_storage& address, socklen_t size) noexcept;

  bool is_ipv4() const noexcept;
  uint16_t port() const noexcept { return port_; }
  /// Writes it for a socket of `family` and returns the length; IPv4 for an AF_INET6 socket becomes
  /// IPv4-mapped. 0: a socket of that family cannot reach it.
  socklen_t write(sa_family_t family, sockaddr_storage& out) const noexcept;
  /// "192.0.2.1:3478" or "[2001:db8::1]:3478".
  std::string text() const;
  uint64_t hash(const HashKey& key, uint16_t salt = 0) const noexcept;

  friend bool operator==(const Address&, const Address&) = default;

 private:
  std::array<uint8_t, 16> ip_{};  ///< IPv6, or IPv4-mapped.
  uint16_t port_ = 0;
};

/// How a peer reaches the server: its address, and which of the lane's sockets it sends to. The
/// same source address at another socket is another pair (RFC 8445 section 4).
struct CandidatePair {
  Address peer;
  uint16_t socket = 0;

  uint64_t hash(const HashKey& key) const noexcept { return peer.hash(key, socket); }
  friend bool operator==(const CandidatePair&, const CandidatePair&) = default;
};

}  // namespace veche::media
