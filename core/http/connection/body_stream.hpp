// SPDX-License-Identifier: Apache-2.0
// The body of a response that goes on until its connection ends.
#pragma once

#include <gio/gio.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "glib/control_loop.hpp"
#include "glib/ref.hpp"
#include "glib/source.hpp"
#include "http/connection/client_watch.hpp"

namespace veche::http {

/// Queues nothing: what the connection does not take stays with the caller. [control] all of it.
/// Destroying it ends the connection; what was written still arrives.
class BodyStream {
 public:
  struct Events {
    /// The connection takes more, after a write() that was cut short.
    std::function<void()> writable;
    /// Once: the client is gone. The stream must be destroyed later, not within it.
    std::function<void()> gone;
  };

  /// `socket` is what `stream` runs on. A client whose system confirms nothing for `dead_ms` is
  /// gone. The loop outlives this.
  BodyStream(glib::ControlLoop& loop, glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket,
             uint32_t dead_ms, Events events);
  ~BodyStream();
  BodyStream(const BodyStream&) = delete;
  BodyStream& operator=(const BodyStream&) = delete;

  /// Returns how many bytes the connection took. If it took fewer than all, `writable` follows, and
  /// the next write begins with the rest, as TLS requires.
  size_t write(std::string_view bytes);

 private:
  void await_room();
  void end();

  glib::ControlLoop& loop_;
  const glib::Ref<GIOStream> stream_;
  const glib::Ref<GSocket> socket_;
  const Events events_;
  bool is_over_ = false;
  ClientWatch watch_;
  glib::Source writable_;
};

}  // namespace veche::http
