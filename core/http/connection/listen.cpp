// SPDX-License-Identifier: Apache-2.0
// Binding, and what the system says of a bound socket.
#include "http/connection/listen.hpp"

#include <netinet/in.h>

#include <algorithm>

#include "base/endpoint.hpp"

namespace veche::http {
namespace {

/// Every request is a connection, and a hundred clients may join at once.
constexpr int kBacklog = 1024;

bool is_v6(const Endpoint& endpoint) { return endpoint.host.find(':') != std::string::npos; }

/// Whether another address takes IPv4 on this IPv6 endpoint's port: two sockets cannot.
bool leaves_v4_to_another(const Endpoint& endpoint, const std::vector<std::string>& addresses) {
  return std::any_of(addresses.begin(), addresses.end(), [&](const std::string& address) {
    const auto other = parse_endpoint(address);
    return other && !is_v6(*other) && other->port == endpoint.port;
  });
}

glib::Ref<GSocket> bound(const Endpoint& endpoint, bool v6_only, GError** error) {
  const glib::Ref<GSocketAddress> address =
      glib::adopt(g_inet_socket_address_new_from_string(endpoint.host.c_str(), endpoint.port));
  const glib::Ref<GSocket> socket =
      glib::adopt(g_socket_new(g_socket_address_get_family(address.get()), G_SOCKET_TYPE_STREAM,
                               G_SOCKET_PROTOCOL_TCP, error));
  if (!socket) return nullptr;
  if (is_v6(endpoint) &&
      !g_socket_set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, v6_only ? 1 : 0, error)) {
    return nullptr;
  }
  g_socket_set_listen_backlog(socket.get(), kBacklog);
  const bool listening = g_socket_bind(socket.get(), address.get(), TRUE, error) &&
                         g_socket_listen(socket.get(), error);
  return listening ? socket : nullptr;
}

}  // namespace

Result<glib::Ref<GSocket>> listen_on(const std::string& address,
                                     const std::vector<std::string>& others) {
  const auto endpoint = parse_endpoint(address);
  if (!endpoint) {
    return internal("cannot listen on " + address +
                    ": it has to be an IP address and a port, as 127.0.0.1:8080");
  }
  GError* raw_error = nullptr;
  glib::Ref<GSocket> socket = bound(*endpoint, leaves_v4_to_another(*endpoint, others), &raw_error);
  const glib::ErrorPtr error(raw_error);
  if (!socket) return internal("cannot listen on " + address + ": " + error->message);
  return socket;
}

bool is_loopback(GSocket* socket) {
  const glib::Ref<GSocketAddress> address =
      glib::adopt(g_socket_get_local_address(socket, nullptr));
  return address && g_inet_address_get_is_loopback(g_inet_socket_address_get_address(
                        G_INET_SOCKET_ADDRESS(address.get()))) != FALSE;
}

std::string url_of(GSocket* socket, bool has_tls) {
  const glib::Ref<GSocketAddress> address =
      glib::adopt(g_socket_get_local_address(socket, nullptr));
  if (!address) return "";
  auto* inet = G_INET_SOCKET_ADDRESS(address.get());
  GInetAddress* host = g_inet_socket_address_get_address(inet);
  const glib::StringPtr text(g_inet_address_to_string(host));
  const bool is_v6 = g_inet_address_get_family(host) == G_SOCKET_FAMILY_IPV6;
  const std::string name = is_v6 ? "[" + std::string(text.get()) + "]" : text.get();
  return (has_tls ? "https://" : "http://") + name + ":" +
         std::to_string(g_inet_socket_address_get_port(inet));
}

}  // namespace veche::http
