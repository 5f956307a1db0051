// SPDX-License-Identifier: Apache-2.0
// inet_pton defines what counts as an address.
#include "base/endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>

namespace veche {
namespace {

bool is_of_family(int family, std::string_view text) {
  in6_addr address{};  // Large enough for both.
  // inet_pton would stop at a zero byte and accept what precedes it.
  return text.find('\0') == text.npos &&
         inet_pton(family, std::string(text).c_str(), &address) == 1;
}

}  // namespace

bool is_ip_address(std::string_view text) {
  return is_of_family(AF_INET, text) || is_of_family(AF_INET6, text);
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (has_brackets) host = host.substr(1, host.size() - 2);
  if (!is_of_family(has_brackets ? AF_INET6 : AF_INET, host)) return std::nullopt;
  Endpoint endpoint{std::string(host)};
  const char* end = text.data() + text.size();
  const auto port = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (port.ec != std::errc() || port.ptr != end) return std::nullopt;
  return endpoint;
}

}  // namespace veche
