// SPDX-License-Identifier: Apache-2.0
// Ref<T>: one reference to a GObject or a GStreamer mini-object, and unique_ptr deleters for the
// rest of GLib.
#pragma once

#include <gst/gst.h>

#include <cassert>
#include <memory>
#include <utility>

namespace veche::glib {

/// How references of T are counted: GObject unless a specialisation says mini-object.
template <class T>
struct RefTraits {
  static void ref(T* object) { g_object_ref(object); }
  static void unref(T* object) { g_object_unref(object); }
  static bool is_floating(T* object) { return g_object_is_floating(object); }
  static void sink(T* object) { g_object_ref_sink(object); }
};

template <class T>
struct MiniObjectTraits {
  static void ref(T* object) { gst_mini_object_ref(GST_MINI_OBJECT_CAST(object)); }
  static void unref(T* object) { gst_mini_object_unref(GST_MINI_OBJECT_CAST(object)); }
  static bool is_floating(T*) { return false; }
  static void sink(T* object) { ref(object); }
};
template <>
struct RefTraits<GstCaps> : MiniObjectTraits<GstCaps> {};
template <>
struct RefTraits<GstBuffer> : MiniObjectTraits<GstBuffer> {};
template <>
struct RefTraits<GstEvent> : MiniObjectTraits<GstEvent> {};
template <>
struct RefTraits<GstMessage> : MiniObjectTraits<GstMessage> {};
template <>
struct RefTraits<GstPromise> : MiniObjectTraits<GstPromise> {};
template <>
struct RefTraits<GBytes> {
  static void ref(GBytes* bytes) { g_bytes_ref(bytes); }
  static void unref(GBytes* bytes) { g_bytes_unref(bytes); }
  static bool is_floating(GBytes*) { return false; }
  static void sink(GBytes* bytes) { ref(bytes); }
};
template <>
struct RefTraits<GMainContext> {
  static void ref(GMainContext* context) { g_main_context_ref(context); }
  static void unref(GMainContext* context) { g_main_context_unref(context); }
  static bool is_floating(GMainContext*) { return false; }
  static void sink(GMainContext* context) { ref(context); }
};

template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}  // NOLINT: implicit on purpose
  Ref(const Ref& other) : object_(other.object_) {
    if (object_) RefTraits<T>::ref(object_);
  }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_) RefTraits<T>::unref(object_);
  }

  T* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  /// Hands the reference to a callee that takes it ("transfer full").
  [[nodiscard]] T* release() { return std::exchange(object_, nullptr); }

 private:
  template <class U>
  friend Ref<U> adopt(U* object);
  template <class U>
  friend Ref<U> property(gpointer object, const char* name);
  explicit Ref(T* object) : object_(object) {}
  T* object_ = nullptr;
};

/// Takes over a reference that the caller owns ("transfer full"). Null stays null.
template <class T>
Ref<T> adopt(T* object) {
  assert(!object || !RefTraits<T>::is_floating(object));
  return Ref<T>(object);
}

/// Adds a reference to an object that has another owner ("transfer none").
template <class T>
Ref<T> share(T* object) {
  if (object) RefTraits<T>::ref(object);
  return adopt(object);
}

/// Takes a floating reference, as constructors of elements return it.
template <class T>
Ref<T> sink(T* object) {
  if (object) RefTraits<T>::sink(object);
  return adopt(object);
}

/// The object that is the value of a property, with a reference of our own: g_object_get() adds
/// one, also to an object that its owner has left floating (webrtcbin's ICE agent is one). Null if
/// the property is.
template <class T>
Ref<T> property(gpointer object, const char* name) {
  T* value = nullptr;
  g_object_get(object, name, &value, nullptr);
  return Ref<T>(value);
}

struct Deleter {
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(char* text) const { g_free(text); }
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
};
using ErrorPtr = std::unique_ptr<GError, Deleter>;
using StringPtr = std::unique_ptr<char, Deleter>;
using StructurePtr = std::unique_ptr<GstStructure, Deleter>;

}  // namespace veche::glib
