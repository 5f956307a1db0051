// SPDX-License-Identifier: Apache-2.0
// An IP address and a port, as configuration writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace veche {

struct Endpoint {
  std::string host;  ///< An IP address, without brackets.
  uint16_t port = 0;
};

/// "127.0.0.1:8080" or "[::1]:8080"; nothing for names and anything else. [any]
std::optional<Endpoint> parse_endpoint(std::string_view text);

/// IPv4 or IPv6, without brackets, port or zone. [any]
bool is_ip_address(std::string_view text);

}  // namespace veche
