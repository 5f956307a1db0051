// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 persistence without libsoup's, which works only for connections that it has accepted.
#include "http/connection/keep_alive.hpp"

#include <string>

#include "http/connection/soup_socket.hpp"

namespace veche::http {
namespace {

bool may_keep(SoupServerMessage* message) {
  SoupMessageHeaders* headers = soup_server_message_get_request_headers(message);
  return soup_server_message_get_http_version(message) == SOUP_HTTP_1_1 &&
         !soup_message_headers_header_contains(headers, "Connection", "close") &&
         !soup_message_headers_header_contains(headers, "Connection", "upgrade") &&
         !soup_message_headers_get_one(headers, "Expect") &&
         !soup_message_headers_get_one(headers, "Transfer-Encoding");
}

}  // namespace

bool write_connection_headers(SoupServerMessage* message, uint32_t idle_ms, bool has_room) {
  SoupMessageHeaders* headers = soup_server_message_get_response_headers(message);
  const bool keeps = has_room && may_keep(message);
  soup_message_headers_replace(headers, "Connection", keeps ? "keep-alive" : "close");
  if (!keeps) return false;
  const std::string timeout = "timeout=" + std::to_string(idle_ms / 1000);
  soup_message_headers_replace(headers, "Keep-Alive", timeout.c_str());
  return true;
}

ReleasedStream take_stream_back(SoupServerMessage* message) {
  const glib::Ref<GIOStream> client = glib::share(stream_of(message));
  return release_stream(client.get(), glib::adopt(soup_server_message_steal_connection(message)));
}

}  // namespace veche::http
