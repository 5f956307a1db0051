// SPDX-License-Identifier: Apache-2.0
// The addresses of this machine as ICE candidates.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace veche::media {

/// The configured addresses; if there are none, all of this machine's but loopback and link-local
/// ones (RFC 8445 section 5.1.1.1). Unavailable if none is left. [any]
Result<std::vector<std::string>> usable_addresses(const std::vector<std::string>& configured);

/// One line for each address, "candidate:..." as in RFC 8839 section 5.1, with the priorities of
/// RFC 8445 section 5.1.2.1 in the given order. `external`: the public address (NAT 1:1) by local
/// address. [any]
std::vector<std::string> host_candidates(const std::vector<std::string>& addresses,
                                         const std::map<std::string, std::string>& external,
                                         uint16_t port);

}  // namespace veche::media
