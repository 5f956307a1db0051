// SPDX-License-Identifier: Apache-2.0
// One WebSocket connection on control's loop: limits, keepalive, and the closing handshake.
#pragma once

#include <gio/gio.h>

#include <functional>
#include <string>

#include "glib/control_loop.hpp"
#include "glib/ref.hpp"
#include "glib/source.hpp"
#include "http/protocol/websocket_frames.hpp"

namespace veche::http {

/// [control] all of it. Destroying it closes the connection at once.
class WebSocket {
 public:
  struct Events {
    std::function<void(const std::string& text)> message;
    /// The last call: the client is gone. The WebSocket must be destroyed later, not within it.
    std::function<void()> closed;
  };
  static constexpr size_t kMaxMessageBytes = size_t{16} * 1024;
  static constexpr size_t kMaxQueuedBytes = size_t{256} * 1024;

  WebSocket(glib::ControlLoop& loop, glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket,
            uint32_t ping_ms, Events events);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Queues a text. A client that leaves more than kMaxQueuedBytes unread is closed.
  void send(const std::string& text);
  /// Sends a close frame after what is queued, and waits a little for the client's.
  void close(CloseCode code);

 private:
  void on_readable();
  void on_writable();
  void take(const Message& message);
  void queue(const std::string& frame);
  void ping();
  void end();

  glib::ControlLoop& loop_;
  const glib::Ref<GIOStream> stream_;
  const glib::Ref<GSocket> socket_;
  const Events events_;
  FrameParser parser_{kMaxMessageBytes};
  std::string queue_;
  bool is_closing_ = false;  ///< A close frame was queued; nothing may follow it.
  bool is_over_ = false;
  bool awaits_pong_ = false;
  glib::Timer keepalive_, close_timer_;
  glib::Source readable_, writable_;
};

}  // namespace veche::http
