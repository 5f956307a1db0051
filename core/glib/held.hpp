// SPDX-License-Identifier: Apache-2.0
// Callback data for GLib that keeps what it points to alive for as long as GLib may call.
#pragma once

#include <glib-object.h>

#include <atomic>
#include <memory>
#include <utility>

namespace veche::glib {

/// GLib and GStreamer hand callback data to other threads under locks that ThreadSanitizer cannot
/// see; the flag is a hand-over that it can.
template <class T>
struct Held {
  std::shared_ptr<T> object;  ///< Shared with the owner of the connection.
  std::atomic<bool> ready{false};
};

/// To be freed by let_go() or let_go_closure() of the same type.
template <class T>
gpointer hold(std::shared_ptr<T> object) {
  auto* data = new Held<T>{std::move(object)};
  data->ready.store(true, std::memory_order_release);
  return data;
}

/// [any] What the callback was connected with.
template <class T>
T& held(gpointer data) {
  auto* holder = static_cast<Held<T>*>(data);
  static_cast<void>(holder->ready.load(std::memory_order_acquire));
  return *holder->object;
}

template <class T>
void let_go(gpointer data) {
  static_cast<void>(held<T>(data));
  delete static_cast<Held<T>*>(data);
}
template <class T>
void let_go_closure(gpointer data, GClosure*) {
  let_go<T>(data);
}

}  // namespace veche::glib
