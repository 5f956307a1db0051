// SPDX-License-Identifier: Apache-2.0
// Reading, writing and closing of a WebSocket.
#include "http/connection/websocket.hpp"

#include <sys/socket.h>

#include <array>
#include <cassert>
#include <utility>

#include "base/guarded.hpp"
#include "base/thread_role.hpp"

namespace veche::http {
namespace {

constexpr uint32_t kCloseTimeoutMs = 5'000;
/// Read in one go, so that one client's flood of commands leaves control to others.
constexpr size_t kReadBytes = 2048;
/// What the kernel may hold beyond our own queue: small, so that an idle reader shows soon.
constexpr int kSendBufferBytes = 128 * 1024;

GPollableInputStream* input_of(GIOStream* stream) {
  return G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream));
}
GPollableOutputStream* output_of(GIOStream* stream) {
  return G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream));
}

bool would_block(const GError* error) {
  return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) != FALSE;
}

}  // namespace

WebSocket::WebSocket(glib::ControlLoop& loop, glib::Ref<GIOStream> stream,
                     glib::Ref<GSocket> socket, uint32_t ping_ms, Events events)
    : loop_(loop),
      stream_(std::move(stream)),
      socket_(std::move(socket)),
      events_(std::move(events)) {
  assert(is_on_control());
  g_socket_set_option(socket_.get(), SOL_SOCKET, SO_SNDBUF, kSendBufferBytes, nullptr);
  const auto callback = +[](GObject*, gpointer self) -> gboolean {
    guarded("http", LogPlace::here(), [self] { static_cast<WebSocket*>(self)->on_readable(); });
    return G_SOURCE_CONTINUE;
  };
  readable_ = {g_pollable_input_stream_create_source(input_of(stream_.get()), nullptr),
               loop_.context(), callback, this};
  keepalive_ = loop_.every(ping_ms, [this] { ping(); });
}

WebSocket::~WebSocket() {
  readable_.cancel();
  writable_.cancel();
  // Closing the socket first keeps a TLS stream from waiting for its close_notify.
  g_socket_close(socket_.get(), nullptr);
  g_io_stream_close(stream_.get(), nullptr, nullptr);
}

void WebSocket::send(const std::string& text) {
  assert(is_on_control());
  if (is_closing_ || is_over_) return;
  // Only what waits already counts, not the new text: the snapshot of a large room may exceed the
  // limit by itself.
  if (queue_.size() > kMaxQueuedBytes) return end();
  queue(encode_frame(Opcode::Text, text));
}

void WebSocket::close(CloseCode code) {
  assert(is_on_control());
  if (is_closing_ || is_over_) return;
  is_closing_ = true;
  close_timer_ = loop_.once(kCloseTimeoutMs, [this] { end(); });
  queue(encode_close(code));
}

void WebSocket::end() {
  if (std::exchange(is_over_, true)) return;
  readable_.cancel();
  writable_.cancel();
  keepalive_.cancel();
  events_.closed();
}

void WebSocket::ping() {
  if (awaits_pong_) return end();
  awaits_pong_ = true;
  if (!is_closing_) queue(encode_frame(Opcode::Ping, ""));
}

void WebSocket::on_readable() {
  std::array<char, kReadBytes> buffer;
  GError* raw_error = nullptr;
  const gssize count = g_pollable_input_stream_read_nonblocking(
      input_of(stream_.get()), buffer.data(), buffer.size(), nullptr, &raw_error);
  const glib::ErrorPtr error(raw_error);
  if (count < 0 && would_block(error.get())) return;
  if (count <= 0) return end();
  parser_.feed({buffer.data(), static_cast<size_t>(count)});
  while (!is_over_) {
    const std::optional<Message> message = parser_.next();
    if (!message) break;
    take(*message);
  }
  if (parser_.error()) close(*parser_.error());
}

void WebSocket::take(const Message& message) {
  switch (message.opcode) {
    case Opcode::Text:
      if (!is_closing_) events_.message(message.payload);
      break;
    case Opcode::Ping:
      // Unread pongs are limited like everything else.
      if (queue_.size() > kMaxQueuedBytes) return end();
      if (!is_closing_) queue(encode_frame(Opcode::Pong, message.payload));
      break;
    case Opcode::Pong: awaits_pong_ = false; break;
    case Opcode::Close:
      // RFC 6455, section 7.1.1: both have sent a close frame, and the server closes first.
      close(CloseCode::Normal);
      if (queue_.empty()) end();
      break;
    case Opcode::Binary:
    case Opcode::Continuation: close(CloseCode::UnsupportedData); break;
  }
}

void WebSocket::queue(const std::string& frame) {
  const bool was_empty = queue_.empty();
  queue_ += frame;
  if (was_empty) on_writable();
}

void WebSocket::on_writable() {
  GError* raw_error = nullptr;
  const gssize count = g_pollable_output_stream_write_nonblocking(
      output_of(stream_.get()), queue_.data(), queue_.size(), nullptr, &raw_error);
  const glib::ErrorPtr error(raw_error);
  if (count < 0 && !would_block(error.get())) return end();
  if (count > 0) queue_.erase(0, static_cast<size_t>(count));
  if (queue_.empty()) {
    writable_.cancel();
  } else if (!writable_) {
    const auto callback = +[](GObject*, gpointer self) -> gboolean {
      guarded("http", LogPlace::here(), [self] { static_cast<WebSocket*>(self)->on_writable(); });
      return G_SOURCE_CONTINUE;
    };
    writable_ = {g_pollable_output_stream_create_source(output_of(stream_.get()), nullptr),
                 loop_.context(), callback, this};
  }
}

}  // namespace veche::http
