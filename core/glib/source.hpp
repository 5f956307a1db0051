// SPDX-License-Identifier: Apache-2.0
// A GSource that ends with its owner.
#pragma once

#include <glib.h>

#include <utility>

namespace veche::glib {

/// [control] Destroyed is not called again: the destructor may run within the callback.
class Source {
 public:
  Source() = default;
  /// Takes `source` over and attaches it. `callback` has the signature of this kind of source, and
  /// `data` as its last argument; `destroy` frees data.
  template <class Callback>
  Source(GSource* source, GMainContext* context, Callback callback, gpointer data,
         GDestroyNotify destroy = nullptr)
      : source_(source) {
    g_source_set_callback(source, G_SOURCE_FUNC(callback), data, destroy);
    g_source_attach(source, context);
  }
  Source(Source&& other) noexcept : source_(std::exchange(other.source_, nullptr)) {}
  Source& operator=(Source&& other) noexcept {
    cancel();
    source_ = std::exchange(other.source_, nullptr);
    return *this;
  }
  ~Source() { cancel(); }

  void cancel() {
    GSource* source = std::exchange(source_, nullptr);
    if (!source) return;
    g_source_destroy(source);
    g_source_unref(source);
  }
  explicit operator bool() const { return source_ != nullptr; }

 private:
  GSource* source_ = nullptr;
};

}  // namespace veche::glib
