// SPDX-License-Identifier: Apache-2.0
// Accepting, and TLS handshakes, each with its deadline. GIO does the handshake on another thread.
#include "http/connection/acceptor.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "base/descriptor.hpp"
#include "base/guarded.hpp"
#include "base/log.hpp"

namespace veche::http {
namespace {

/// How long to wait for a free descriptor.
constexpr uint32_t kRetryMs = 100;

}  // namespace

struct Acceptor::Handshake {
  Acceptor* acceptor;  ///< Null once it is gone.
  const glib::Ref<GIOStream> stream;
  const glib::Ref<GSocket> socket;
  const glib::Ref<GCancellable> cancellable = glib::adopt(g_cancellable_new());
  glib::Timer deadline;
};

Acceptor::Acceptor(glib::ControlLoop& loop, glib::Ref<GSocket> listener, uint32_t handshake_ms,
                   LeavesFree leaves_free, Admits admits, Accepted accepted)
    : loop_(loop),
      listener_(std::move(listener)),
      handshake_ms_(handshake_ms),
      leaves_free_(std::move(leaves_free)),
      admits_(std::move(admits)),
      accepted_(std::move(accepted)) {
  // A client may have gone before it is accepted.
  g_socket_set_blocking(listener_.get(), FALSE);
  listen();
}

Acceptor::~Acceptor() {
  for (Handshake* handshake : handshakes_) {
    handshake->acceptor = nullptr;
    handshake->deadline.cancel();
    g_cancellable_cancel(handshake->cancellable.get());
  }
}

void Acceptor::listen() {
  const auto callback = +[](GSocket*, GIOCondition, gpointer self) -> gboolean {
    bool goes_on = true;
    guarded("http", LogPlace::here(),
            [&] { goes_on = static_cast<Acceptor*>(self)->accept_one(); });
    return goes_on ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
  };
  source_ = {g_socket_create_source(listener_.get(), G_IO_IN, nullptr), loop_.context(), callback,
             this};
}

bool Acceptor::has_descriptors() const {
  const int64_t limit = descriptor_limit();
  return taken_descriptors(g_socket_get_fd(listener_.get())) < limit - leaves_free_(limit);
}

void Acceptor::wait_for_descriptors(const char* reason) {
  if (!std::exchange(is_short_, true)) {
    log::warning("http", std::string("cannot accept connections for now: ") + reason);
  }
  retry_ = loop_.once(kRetryMs, [this] { listen(); });
}

bool Acceptor::accept_one() {
  while (!has_descriptors()) {
    if (make_room_()) continue;
    // A client in the backlog gets its answer later; a session without a descriptor would end.
    wait_for_descriptors("the remaining descriptors are reserved for calls");
    return false;
  }
  GError* raw_error = nullptr;
  const glib::Ref<GSocket> socket =
      glib::adopt(g_socket_accept(listener_.get(), nullptr, &raw_error));
  const glib::ErrorPtr error(raw_error);
  if (!socket) {
    if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) return true;
    if (make_room_()) return true;
    wait_for_descriptors(error->message);
    return false;
  }
  is_short_ = false;
  if (!admits_(socket.get())) return true;
  g_socket_set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, TRUE, nullptr);
  glib::Ref<GIOStream> stream =
      glib::adopt(G_IO_STREAM(g_socket_connection_factory_create_connection(socket.get())));
  if (certificate_) {
    begin_handshake(stream, socket);
  } else {
    accepted_(std::move(stream), socket);
  }
  return true;
}

void Acceptor::begin_handshake(const glib::Ref<GIOStream>& stream, glib::Ref<GSocket> socket) {
  const glib::Ref<GIOStream> tls =
      glib::adopt(g_tls_server_connection_new(stream.get(), certificate_.get(), nullptr));
  if (!tls) return log::error("http", "there is no TLS backend: install glib-networking");
  auto* connection = G_TLS_CONNECTION(tls.get());
  g_tls_connection_set_require_close_notify(connection, FALSE);
  const char* const protocols[] = {"http/1.1", nullptr};
  g_tls_connection_set_advertised_protocols(connection, protocols);

  auto* handshake = new Handshake{this, tls, std::move(socket)};
  handshakes_.insert(handshake);
  handshake->deadline = loop_.once(
      handshake_ms_, [handshake] { g_cancellable_cancel(handshake->cancellable.get()); });
  const auto done = +[](GObject* from, GAsyncResult* result, gpointer data) {
    const std::unique_ptr<Handshake> owner(static_cast<Handshake*>(data));
    GError* raw_error = nullptr;
    g_tls_connection_handshake_finish(G_TLS_CONNECTION(from), result, &raw_error);
    const glib::ErrorPtr error(raw_error);
    if (!owner->acceptor) return;
    guarded("http", LogPlace::here(), [&] { owner->acceptor->end_handshake(*owner, error.get()); });
  };
  g_tls_connection_handshake_async(connection, G_PRIORITY_DEFAULT, handshake->cancellable.get(),
                                   done, handshake);
}

void Acceptor::end_handshake(Handshake& handshake, const GError* error) {
  handshakes_.erase(&handshake);
  handshake.deadline.cancel();
  auto* connection = G_TLS_CONNECTION(handshake.stream.get());
  // GnuTLS accepts older versions too, unless the environment says otherwise (main/process.cpp).
  const bool is_old =
      !error && g_tls_connection_get_protocol_version(connection) < G_TLS_PROTOCOL_VERSION_TLS_1_2;
  if (!error && !is_old) return accepted_(handshake.stream, handshake.socket);
  log::debug("http", std::string("a TLS handshake failed: ") +
                         (is_old ? "the version is older than 1.2" : error->message));
  g_socket_close(handshake.socket.get(), nullptr);
}

void keep_close_from_waiting(GSocket* socket) {
  if (g_socket_condition_check(socket, G_IO_OUT) & G_IO_OUT) return;
  g_socket_shutdown(socket, FALSE, TRUE, nullptr);
}

}  // namespace veche::http
