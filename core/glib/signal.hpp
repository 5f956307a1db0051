// SPDX-License-Identifier: Apache-2.0
// Signal and PadProbe: connections that end with their owner. Declare them after what their
// callbacks use.
#pragma once

#include <functional>
#include <utility>

#include "glib/ref.hpp"

namespace veche::glib {

/// One handler of a GObject signal. The destructor disconnects it; a call that is under way on
/// another thread may still finish afterwards, so what the handler captures must be shared or must
/// outlive the emitter's threads.
class Signal {
 public:
  Signal() = default;
  /// `handler` is a C function with the signal's signature and `data` as its last argument;
  /// `destroy` frees data.
  Signal(gpointer object, const char* name, GCallback handler, gpointer data,
         GClosureNotify destroy = nullptr)
      : object_(share(G_OBJECT(object))),
        id_(g_signal_connect_data(object, name, handler, data, destroy, GConnectFlags(0))) {}
  Signal(Signal&& other) noexcept
      : object_(std::move(other.object_)), id_(std::exchange(other.id_, 0)) {}
  Signal& operator=(Signal&& other) noexcept {
    disconnect();
    object_ = std::move(other.object_);
    id_ = std::exchange(other.id_, 0);
    return *this;
  }
  ~Signal() { disconnect(); }

  void disconnect() {
    if (id_ != 0) g_signal_handler_disconnect(object_.get(), std::exchange(id_, 0));
    object_ = nullptr;
  }

 private:
  Ref<GObject> object_;
  gulong id_ = 0;
};

/// One probe on a pad. The destructor removes it, and does not wait for a call under way: see
/// Signal.
class PadProbe {
 public:
  PadProbe() = default;
  PadProbe(GstPad* pad, GstPadProbeType type, GstPadProbeCallback callback, gpointer data,
           GDestroyNotify destroy = nullptr)
      : pad_(share(pad)), id_(gst_pad_add_probe(pad, type, callback, data, destroy)) {}
  PadProbe(PadProbe&& other) noexcept
      : pad_(std::move(other.pad_)), id_(std::exchange(other.id_, 0)) {}
  PadProbe& operator=(PadProbe&& other) noexcept {
    remove();
    pad_ = std::move(other.pad_);
    id_ = std::exchange(other.id_, 0);
    return *this;
  }
  ~PadProbe() { remove(); }

  void remove() {
    if (id_ != 0) gst_pad_remove_probe(pad_.get(), std::exchange(id_, 0));
    pad_ = nullptr;
  }

 private:
  Ref<GstPad> pad_;
  gulong id_ = 0;
};

}  // namespace veche::glib
