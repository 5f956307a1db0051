// SPDX-License-Identifier: Apache-2.0
// The rules for single values of the configuration that a schema cannot say.
#include "main/config_checks.hpp"

#include <gio/gio.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/ids.hpp"
#include "glib/ref.hpp"

namespace veche::main {
namespace {

glib::Ref<GInetAddress> parse_address(const std::string& text) {
  return glib::adopt(g_inet_address_new_from_string(text.c_str()));
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view prefix) {
    return text.size() > prefix.size() && text.substr(0, prefix.size()) == prefix;
  });
}

}  // namespace

std::optional<Endpoint> parse_endpoint(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  Endpoint endpoint{text.substr(0, colon)};
  const bool has_brackets =
      endpoint.host.size() > 2 && endpoint.host.front() == '[' && endpoint.host.back() == ']';
  if (has_brackets) endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
  if (is_ipv6 != has_brackets || !is_ip_address(endpoint.host)) return std::nullopt;
  const char* end = text.data() + text.size();
  const auto port = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (port.ec != std::errc() || port.ptr != end) return std::nullopt;
  return endpoint;
}

bool is_ip_address(const std::string& text) { return static_cast<bool>(parse_address(text)); }

bool is_loopback(const std::string& ip_address) {
  const auto address = parse_address(ip_address);
  return address && g_inet_address_get_is_loopback(address.get()) != FALSE;
}

bool are_loopback(const std::vector<std::string>& endpoints) {
  return std::all_of(endpoints.begin(), endpoints.end(), [](const std::string& text) {
    const auto endpoint = parse_endpoint(text);
    return endpoint && is_loopback(endpoint->host);
  });
}

bool is_dev_key(const std::string& id, const std::string& secret) {
  return id == "dev" && secret == "devsecret";
}

bool is_origin(const std::string& text) {
  if (text == "*") return true;
  if (!starts_with_any(text, {"http://", "https://"})) return false;
  const std::string_view authority = std::string_view(text).substr(text.find("//") + 2);
  return std::all_of(authority.begin(), authority.end(), [](char c) {
    return c > ' ' && c < 0x7f &&
           std::string_view("/?#@\\\"<>,;").find(c) == std::string_view::npos;
  });
}

bool is_ice_url(const std::string& text) {
  return is_secret(text) && starts_with_any(text, {"stun:", "stuns:", "turn:", "turns:"});
}

bool is_key_id(const std::string& text) {
  return is_valid_name(text) && text.find('.') == std::string::npos;
}

bool is_secret(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace veche::main
