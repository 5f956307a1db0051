// SPDX-License-Identifier: Apache-2.0
// Tables of the address blocks that are not public (IANA's special-purpose registries, RFC 6890).
#include "events/webhooks/address_rules.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace veche::events {
namespace {

constexpr uint32_t v4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

struct Block4 {
  uint32_t network;
  int bits;
  Reach reach;
};
constexpr Block4 kBlocks4[] = {
    {v4(0, 0, 0, 0), 8, Reach::Nowhere},  // Linux takes it for loopback.
    {v4(10, 0, 0, 0), 8, Reach::Private},
    {v4(100, 64, 0, 0), 10, Reach::Private},
    {v4(127, 0, 0, 0), 8, Reach::Loopback},
    {v4(169, 254, 0, 0), 16, Reach::Private},  // Among them the metadata of cloud machines.
    {v4(172, 16, 0, 0), 12, Reach::Private},
    {v4(192, 0, 0, 0), 24, Reach::Private},
    {v4(192, 0, 2, 0), 24, Reach::Nowhere},
    {v4(192, 168, 0, 0), 16, Reach::Private},
    {v4(198, 18, 0, 0), 15, Reach::Private},
    {v4(198, 51, 100, 0), 24, Reach::Nowhere},
    {v4(203, 0, 113, 0), 24, Reach::Nowhere},
    {v4(224, 0, 0, 0), 3, Reach::Nowhere},
};

using Bytes = std::array<uint8_t, 16>;
struct Block6 {
  Bytes network;
  size_t bits;
  Reach reach;
};
constexpr Block6 kBlocks6[] = {
    {{0x20, 0x01, 0x0d, 0xb8}, 32, Reach::Nowhere},
    {{0x20, 0x01}, 32, Reach::Private},  // Teredo: the packets go to an IPv4 address.
    {{0xfc}, 7, Reach::Private},
    {{0xfe, 0x80}, 10, Reach::Private},
    {{0xfe, 0xc0}, 10, Reach::Private},
    {{0xff}, 8, Reach::Nowhere},
};

/// Where an IPv6 address carries an IPv4 address.
struct Carrier {
  Bytes network;
  size_t bits;
  size_t offset;  ///< In bytes.
};
constexpr Carrier kCarriers[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},  // Mapped (RFC 4291).
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},                    // NAT64 (RFC 6052).
    {{0x20, 0x02}, 16, 2},                                 // 6to4 (RFC 3056).
};

bool begins_with(const Bytes& address, const Bytes& network, size_t bits) {
  for (size_t bit = 0; bit < bits; ++bit) {
    const auto mask = static_cast<uint8_t>(0x80 >> bit % 8);
    if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) return false;
  }
  return true;
}

Reach reach_of_4(uint32_t address) {
  for (const Block4& block : kBlocks4) {
    const uint32_t mask = ~uint32_t{0} << (32 - block.bits);
    if ((address & mask) == block.network) return block.reach;
  }
  return Reach::Public;
}

Reach reach_of_6(const Bytes& address) {
  constexpr Bytes kLoopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  if (address == kLoopback) return Reach::Loopback;
  for (const Carrier& carrier : kCarriers) {
    if (!begins_with(address, carrier.network, carrier.bits)) continue;
    const uint8_t* bytes = address.data() + carrier.offset;
    return reach_of_4(v4(bytes[0], bytes[1], bytes[2], bytes[3]));
  }
  for (const Block6& block : kBlocks6) {
    if (begins_with(address, block.network, block.bits)) return block.reach;
  }
  // Global unicast is 2000::/3 (RFC 4291, section 2.5.4); the rest is not in use.
  return address[0] >> 5 == 1 ? Reach::Public : Reach::Nowhere;
}

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.sa_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  } else if (address.sa_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  }
  if (!bytes || !inet_ntop(address.sa_family, bytes, text.data(), text.size())) return "address";
  return text.data();
}

}  // namespace

Reach reach_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    return reach_of_4(ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return Reach::Nowhere;
  Bytes bytes{};
  std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr,
              bytes.size());
  return reach_of_6(bytes);
}

std::string refusal_of(const sockaddr& address, bool is_encrypted, const AddressRules& rules) {
  const Reach reach = reach_of(address);
  if (reach == Reach::Nowhere) return text_of(address) + " is the address of no machine";
  if (reach != Reach::Public && !rules.allow_private) {
    return text_of(address) +
           " is an address of this machine or of a private network, which "
           "events.webhooks_allow_private does not allow";
  }
  if (!is_encrypted && reach != Reach::Loopback && !rules.allow_http) {
    return text_of(address) +
           " is not loopback, and events.webhooks_allow_http does not allow http to it";
  }
  return "";
}

}  // namespace veche::events
