// SPDX-License-Identifier: Apache-2.0
// To which addresses the server may deliver: asked of the address that is connected to, so that no
// name and no DNS answer leads into the operator's own network. Pure.
#pragma once

#include <sys/socket.h>

#include <string>

namespace veche::events {

/// The part of the internet in which an address lies.
enum class Reach {
  Public = 1,
  Private,   ///< Of one network: RFC 1918, link-local, shared and unique local addresses.
  Loopback,  ///< This machine.
  Nowhere,   ///< Of no machine: unspecified, multicast, reserved, documentation.
};

/// IPv4 and IPv6. An IPv6 address that carries an IPv4 address counts as that one; of other
/// families every address is Nowhere.
Reach reach_of(const sockaddr& address);

struct AddressRules {
  bool allow_private = false;  ///< Private and loopback addresses.
  bool allow_http = false;     ///< Unencrypted, also to other addresses than loopback.
  friend bool operator==(const AddressRules&, const AddressRules&) = default;
};

/// Why a connection to this address is refused, with the key of the configuration that allows it;
/// empty: it is not.
std::string refusal_of(const sockaddr& address, bool is_encrypted, const AddressRules& rules);

}  // namespace veche::events
