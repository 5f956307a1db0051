// SPDX-License-Identifier: Apache-2.0
// Socket and stream travel with the remote address, the one object that libsoup hands out again.
#include "http/connection/soup_socket.hpp"

#include "http/connection/client_stream.hpp"

namespace veche::http {
namespace {

constexpr char kSocketKey[] = "veche-socket";
constexpr char kStreamKey[] = "veche-stream";

gpointer get(SoupServerMessage* message, const char* key) {
  return g_object_get_data(G_OBJECT(soup_server_message_get_remote_address(message)), key);
}

}  // namespace

void accept(SoupServer* server, const glib::Ref<GIOStream>& stream, GSocket* socket,
            const std::string& unread) {
  const glib::Ref<GSocketAddress> remote =
      glib::adopt(g_socket_get_remote_address(socket, nullptr));
  const glib::Ref<GSocketAddress> local = glib::adopt(g_socket_get_local_address(socket, nullptr));
  if (!remote || !local) return;  // It has been reset.
  // libsoup does not know the socket of a given stream. The remote address, which it hands out
  // again, carries it; a copy, since the socket keeps its own.
  auto* inet = G_INET_SOCKET_ADDRESS(remote.get());
  const glib::Ref<GSocketAddress> carrier = glib::adopt(g_inet_socket_address_new(
      g_inet_socket_address_get_address(inet), g_inet_socket_address_get_port(inet)));
  g_object_set_data_full(G_OBJECT(carrier.get()), kSocketKey, g_object_ref(socket), g_object_unref);
  const glib::Ref<GIOStream> client = make_client_stream(stream, unread);
  g_object_set_data_full(G_OBJECT(carrier.get()), kStreamKey, g_object_ref(client.get()),
                         g_object_unref);
  soup_server_accept_iostream(server, client.get(), local.get(), carrier.get(), nullptr);
}

GSocket* socket_of(SoupServerMessage* message) {
  return static_cast<GSocket*>(get(message, kSocketKey));
}

GIOStream* stream_of(SoupServerMessage* message) {
  return static_cast<GIOStream*>(get(message, kStreamKey));
}

std::string remote_host(SoupServerMessage* message) {
  GSocketAddress* remote = soup_server_message_get_remote_address(message);
  const glib::StringPtr text(
      g_inet_address_to_string(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(remote))));
  return text.get();
}

}  // namespace veche::http
