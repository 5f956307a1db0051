// SPDX-License-Identifier: Apache-2.0
// Reads X-Forwarded-For, and Forwarded (RFC 7239), from the server's end.
#include "http/protocol/client_address.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "http/protocol/text.hpp"

namespace veche::http {
namespace {

constexpr size_t kMostHops = 16;
constexpr size_t kMostBytes = 4096;

/// The parts between separators that are not in a quoted string.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  bool is_quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') is_quoted = !is_quoted;
    if (is_quoted && text[i] == '\\') ++i;
    if (i >= text.size() || is_quoted || text[i] != separator) continue;
    parts.push_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  parts.push_back(trimmed(text.substr(std::min(begin, text.size()))));
  return parts;
}

/// "192.0.2.1", "192.0.2.1:4711", "[2001:db8::1]:4711", and with double quotes. "" for what names
/// no address: "unknown", "_hidden".
std::string address_of_node(std::string_view node) {
  if (node.size() >= 2 && node.front() == '"' && node.back() == '"') {
    node = node.substr(1, node.size() - 2);
  }
  if (!node.empty() && node.front() == '[') {
    const size_t end = node.find(']');
    if (end == std::string_view::npos) return "";
    node = node.substr(1, end - 1);
  } else if (std::count(node.begin(), node.end(), ':') == 1) {
    node = node.substr(0, node.find(':'));
  }
  return canonical_address(std::string(node));
}

/// The value of `for` in an element of Forwarded.
std::string_view for_of(std::string_view element) {
  for (const std::string_view pair : split(element, ';')) {
    if (pair.size() > 4 && g_ascii_strncasecmp(pair.data(), "for=", 4) == 0) return pair.substr(4);
  }
  return {};
}

glib::Ref<GInetAddress> parse(const std::string& text) {
  return glib::adopt(g_inet_address_new_from_string(text.c_str()));
}

std::string text_of(GInetAddress* address) {
  const glib::StringPtr text(g_inet_address_to_string(address));
  return text.get();
}

}  // namespace

Result<Proxies> Proxies::create(const std::vector<std::string>& addresses, ForwardedField field) {
  Proxies proxies;
  proxies.field_ = field;
  for (const std::string& text : addresses) {
    GInetAddressMask* mask = g_inet_address_mask_new_from_string(text.c_str(), nullptr);
    if (!mask) return invalid("\"" + text + "\" is neither an IP address nor a prefix of some.");
    proxies.masks_.push_back(glib::adopt(mask));
  }
  return proxies;
}

const char* Proxies::field() const {
  return field_ == ForwardedField::Forwarded ? "Forwarded" : "X-Forwarded-For";
}

bool Proxies::trusts(const std::string& address) const {
  if (masks_.empty()) return false;
  const glib::Ref<GInetAddress> parsed = parse(address);
  return parsed && std::any_of(masks_.begin(), masks_.end(), [&](const auto& mask) {
           return g_inet_address_mask_matches(mask.get(), parsed.get()) != FALSE;
         });
}

std::string Proxies::client_of(const std::string& peer, std::string_view value) const {
  std::string client = canonical_address(peer);
  if (value.size() > kMostBytes) value = value.substr(value.size() - kMostBytes);
  const std::vector<std::string_view> elements = split(value, ',');
  size_t hops = 0;
  for (auto element = elements.rbegin(); element != elements.rend(); ++element) {
    if (!trusts(client) || ++hops > kMostHops) break;
    std::string next =
        address_of_node(field_ == ForwardedField::Forwarded ? for_of(*element) : *element);
    // That proxy does not tell: it stands for its clients.
    if (next.empty()) break;
    client = std::move(next);
  }
  return client;
}

std::string canonical_address(const std::string& text) {
  const glib::Ref<GInetAddress> address = parse(text);
  if (!address) return "";
  constexpr guint8 kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const guint8* bytes = g_inet_address_to_bytes(address.get());
  if (g_inet_address_get_family(address.get()) == G_SOCKET_FAMILY_IPV6 &&
      std::memcmp(bytes, kMapped, sizeof kMapped) == 0) {
    const glib::Ref<GInetAddress> inner =
        glib::adopt(g_inet_address_new_from_bytes(bytes + sizeof kMapped, G_SOCKET_FAMILY_IPV4));
    return text_of(inner.get());
  }
  return text_of(address.get());
}

std::string subscriber_of(const std::string& address) {
  const glib::Ref<GInetAddress> parsed = parse(address);
  if (!parsed || g_inet_address_get_family(parsed.get()) != G_SOCKET_FAMILY_IPV6) return address;
  guint8 prefix[16] = {};
  std::memcpy(prefix, g_inet_address_to_bytes(parsed.get()), 8);
  const glib::Ref<GInetAddress> network =
      glib::adopt(g_inet_address_new_from_bytes(prefix, G_SOCKET_FAMILY_IPV6));
  return text_of(network.get()) + "/64";
}

}  // namespace veche::http
