// SPDX-License-Identifier: Apache-2.0
// The rules for single values of the configuration that a schema cannot say.
#include "main/config_checks.hpp"

#include <gio/gio.h>

#include <algorithm>
#include <string_view>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "glib/ref.hpp"

namespace veche::main {
namespace {

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view prefix) {
    return text.size() > prefix.size() && text.substr(0, prefix.size()) == prefix;
  });
}

glib::Ref<GInetAddress> parse(const std::string& ip_address) {
  return glib::adopt(g_inet_address_new_from_string(ip_address.c_str()));
}

}  // namespace

bool is_loopback(const std::string& ip_address) {
  const glib::Ref<GInetAddress> address = parse(ip_address);
  return address && g_inet_address_get_is_loopback(address.get()) != FALSE;
}

bool is_wildcard(const std::string& ip_address) {
  const glib::Ref<GInetAddress> address = parse(ip_address);
  return address && g_inet_address_get_is_any(address.get()) != FALSE;
}

bool is_reachable_address(const std::string& ip_address) {
  const glib::Ref<GInetAddress> address = parse(ip_address);
  return address && !g_inet_address_get_is_any(address.get()) &&
         !g_inet_address_get_is_multicast(address.get()) && ip_address != "255.255.255.255";
}

bool are_same_address(const std::string& ip_address, const std::string& other) {
  const glib::Ref<GInetAddress> one = parse(ip_address), two = parse(other);
  if (!one || !two) return false;
  if (g_inet_address_get_family(one.get()) != g_inet_address_get_family(two.get())) return false;
  return is_wildcard(ip_address) || is_wildcard(other) ||
         g_inet_address_equal(one.get(), two.get()) != FALSE;
}

bool are_loopback(const std::vector<std::string>& endpoints) {
  return std::all_of(endpoints.begin(), endpoints.end(), [](const std::string& text) {
    const auto endpoint = parse_endpoint(text);
    return endpoint && is_loopback(endpoint->host);
  });
}

bool collide(const std::string& endpoint, const std::string& other) {
  const auto one = parse_endpoint(endpoint), two = parse_endpoint(other);
  if (!one || !two || one->port != two->port || one->port == 0) return false;
  const auto address_of = [](const Endpoint& of) {
    return glib::adopt(g_inet_address_new_from_string(of.host.c_str()));
  };
  const glib::Ref<GInetAddress> first = address_of(*one), second = address_of(*two);
  if (!first || !second ||
      g_inet_address_get_family(first.get()) != g_inet_address_get_family(second.get())) {
    return false;
  }
  return g_inet_address_get_is_any(first.get()) || g_inet_address_get_is_any(second.get()) ||
         g_inet_address_equal(first.get(), second.get());
}

bool is_dev_key(const std::string& id, const std::string& secret) {
  return id == "dev" && secret == "devsecret";
}

bool is_dev_signing_secret(const std::string& secret) {
  return secret == "devsigningsecret-for-trials-on-loopback";
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
