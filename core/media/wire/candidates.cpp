// SPDX-License-Identifier: Apache-2.0
// Lists addresses with getifaddrs, and writes candidate lines.
#include "media/wire/candidates.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <memory>

namespace veche::media {
namespace {

std::string text_of(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) return {};
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  }
  return text;
}

}  // namespace

Result<std::vector<std::string>> usable_addresses(const std::vector<std::string>& configured) {
  if (!configured.empty()) return configured;
  ifaddrs* raw = nullptr;
  if (getifaddrs(&raw) != 0) {
    return Error{ErrorCode::Unavailable, "getifaddrs cannot list the addresses of this machine"};
  }
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(raw, freeifaddrs);
  std::vector<std::string> found;
  for (const ifaddrs* each = raw; each; each = each->ifa_next) {
    const bool up = (each->ifa_flags & IFF_UP) != 0 && (each->ifa_flags & IFF_LOOPBACK) == 0;
    if (!up || !each->ifa_addr) continue;
    const std::string text = text_of(each->ifa_addr);
    if (!text.empty()) found.push_back(text);
  }
  if (found.empty()) {
    return Error{ErrorCode::Unavailable,
                 "this machine has no address but loopback: set media.addresses"};
  }
  return found;
}

std::vector<std::string> host_candidates(const std::vector<std::string>& addresses,
                                         const std::map<std::string, std::string>& external,
                                         uint16_t port) {
  constexpr uint32_t kHostPreference = 126;
  constexpr uint32_t kComponent = 1;
  std::vector<std::string> lines;
  uint32_t preference = 65535;
  for (const std::string& address : addresses) {
    const auto known_as = external.find(address);
    const uint32_t priority = kHostPreference << 24 | preference << 8 | (256 - kComponent);
    lines.push_back("candidate:" + std::to_string(lines.size() + 1) + " 1 UDP " +
                    std::to_string(priority) + " " +
                    (known_as == external.end() ? address : known_as->second) + " " +
                    std::to_string(port) + " typ host");
    --preference;
  }
  return lines;
}

}  // namespace veche::media
