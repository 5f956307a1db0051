// SPDX-License-Identifier: Apache-2.0
// A source and a timer for each idle connection.
#include "http/connection/idle_connections.hpp"

#include <utility>

#include "base/descriptor.hpp"
#include "http/connection/acceptor.hpp"
#include "http/connection/client_stream.hpp"

namespace veche::http {
namespace {

/// Enough to know that there is a request.
constexpr size_t kFirstBytes = 1;

}  // namespace

IdleConnections::~IdleConnections() {
  while (drop_oldest()) {
  }
}

bool IdleConnections::has_room(GSocket* socket) {
  return taken_descriptors(g_socket_get_fd(socket)) <= descriptor_limit() / 2;
}

void IdleConnections::add(glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket,
                          std::string unread) {
  if (connections_.size() >= kMax) drop_oldest();
  Connection& added = connections_.emplace_back();
  added.owner = this;
  added.stream = std::move(stream);
  added.socket = std::move(socket);
  added.unread = std::move(unread);
  added.place = std::prev(connections_.end());
  added.deadline = loop_.once(idle_ms_, [this, &added] { close(added); });
  const auto look_at = +[](GObject*, gpointer data) -> gboolean {
    auto* connection = static_cast<Connection*>(data);
    connection->owner->look(*connection);
    return G_SOURCE_CONTINUE;
  };
  const auto look_now = +[](gpointer data) -> gboolean {
    auto* connection = static_cast<Connection*>(data);
    connection->owner->look(*connection);
    return G_SOURCE_REMOVE;
  };
  if (added.unread.empty()) {
    added.readable = {
        g_pollable_input_stream_create_source(
            G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(added.stream.get())), nullptr),
        loop_.context(), look_at, &added};
  } else {
    // Not at once: libsoup is still busy with the former request.
    added.readable = {g_timeout_source_new(0), loop_.context(), look_now, &added};
  }
}

void IdleConnections::look(Connection& connection) {
  if (connection.unread.empty()) {
    switch (read_available(connection.stream.get(), kFirstBytes, connection.unread)) {
      case ReadOutcome::WouldBlock: return;  // Only TLS had something to do.
      case ReadOutcome::End: return close(connection);
      case ReadOutcome::Data: break;
    }
  }
  Connection woken = std::move(connection);
  connections_.erase(woken.place);
  woken.deadline.cancel();
  woken.readable.cancel();
  woken_(std::move(woken.stream), woken.socket, woken.unread);
}

bool IdleConnections::drop_oldest() {
  if (connections_.empty()) return false;
  close(connections_.front());
  return true;
}

void IdleConnections::close(Connection& connection) {
  connection.readable.cancel();
  keep_close_from_waiting(connection.socket.get());
  g_io_stream_close(connection.stream.get(), nullptr, nullptr);
  connections_.erase(connection.place);
}

}  // namespace veche::http
