// SPDX-License-Identifier: Apache-2.0
// Writing without waiting, and the signs that a client is gone.
#include "http/connection/body_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cassert>
#include <utility>

#include "base/guarded.hpp"
#include "base/thread_role.hpp"
#include "http/connection/acceptor.hpp"

namespace veche::http {
namespace {

/// What the kernel holds for a client that does not read; it doubles the number.
constexpr int kSendBufferBytes = 32 * 1024;

GPollableOutputStream* output_of(GIOStream* stream) {
  return G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream));
}

}  // namespace

BodyStream::BodyStream(glib::ControlLoop& loop, glib::Ref<GIOStream> stream,
                       glib::Ref<GSocket> socket, uint32_t dead_ms, Events events)
    : loop_(loop),
      stream_(std::move(stream)),
      socket_(std::move(socket)),
      events_(std::move(events)),
      watch_(socket_.get(), loop.context(), [this] { end(); }) {
  assert(is_on_control());
  g_socket_set_option(socket_.get(), SOL_SOCKET, SO_SNDBUF, kSendBufferBytes, nullptr);
  // Heartbeats to a machine that is gone would take hours to fill the buffer.
  g_socket_set_option(socket_.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(dead_ms),
                      nullptr);
}

BodyStream::~BodyStream() {
  watch_ = {};
  writable_.cancel();
  keep_close_from_waiting(socket_.get());
  g_io_stream_close(stream_.get(), nullptr, nullptr);
}

size_t BodyStream::write(std::string_view bytes) {
  assert(is_on_control());
  size_t taken = 0;
  while (!is_over_ && taken < bytes.size()) {
    GError* raw_error = nullptr;
    const gssize count = g_pollable_output_stream_write_nonblocking(
        output_of(stream_.get()), bytes.data() + taken, bytes.size() - taken, nullptr, &raw_error);
    const glib::ErrorPtr error(raw_error);
    if (count > 0) {
      taken += static_cast<size_t>(count);
    } else if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      await_room();
      break;
    } else {
      end();
    }
  }
  return taken;
}

void BodyStream::await_room() {
  if (writable_) return;
  const auto callback = +[](GObject*, gpointer data) -> gboolean {
    auto* self = static_cast<BodyStream*>(data);
    self->writable_.cancel();
    guarded("http", LogPlace::here(), self->events_.writable);
    return G_SOURCE_REMOVE;
  };
  writable_ = {g_pollable_output_stream_create_source(output_of(stream_.get()), nullptr),
               loop_.context(), callback, this};
}

void BodyStream::end() {
  if (std::exchange(is_over_, true)) return;
  writable_.cancel();
  events_.gone();
}

}  // namespace veche::http
