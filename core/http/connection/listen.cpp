// SPDX-License-Identifier: Apache-2.0
// Binding, and what the system says of a bound socket.
#include "http/connection/listen.hpp"

#include "base/endpoint.hpp"

namespace veche::http {
namespace {

/// Every request is a connection, and a hundred clients may join at once.
constexpr int kBacklog = 1024;

glib::Ref<GSocketAddress> parse(const std::string& address) {
  const auto endpoint = parse_endpoint(address);
  if (!endpoint) return nullptr;
  return glib::adopt(g_inet_socket_address_new_from_string(endpoint->host.c_str(), endpoint->port));
}

}  // namespace

Result<glib::Ref<GSocket>> listen_on(const std::string& address) {
  const glib::Ref<GSocketAddress> parsed = parse(address);
  if (!parsed) {
    return internal("cannot listen on " + address +
                    ": it has to be an IP address and a port, as 127.0.0.1:8080");
  }
  GError* raw_error = nullptr;
  const glib::Ref<GSocket> socket =
      glib::adopt(g_socket_new(g_socket_address_get_family(parsed.get()), G_SOCKET_TYPE_STREAM,
                               G_SOCKET_PROTOCOL_TCP, &raw_error));
  bool listening = false;
  if (socket) {
    g_socket_set_listen_backlog(socket.get(), kBacklog);
    listening = g_socket_bind(socket.get(), parsed.get(), TRUE, &raw_error) &&
                g_socket_listen(socket.get(), &raw_error);
  }
  const glib::ErrorPtr error(raw_error);
  if (!listening) return internal("cannot listen on " + address + ": " + error->message);
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
