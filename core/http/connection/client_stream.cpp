// SPDX-License-Identifier: Apache-2.0
// Two GObject types: the stream, and its input. The output is that of the base.
#include "http/connection/client_stream.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "http/protocol/head_guard.hpp"

using veche::glib::Ref;
using veche::http::HeadGuard;

struct VecheClientInput {
  GInputStream parent;
  GPollableInputStream* base;  // Owned.
  GOutputStream* answer;       // Owned: where to refuse a head.
  std::string* unread;         // Owned.
  HeadGuard* guard;            // Owned.
  gboolean is_taken_back;      // Reads nothing from the base any more.
};
struct VecheClientInputClass {
  GInputStreamClass parent;
};
struct VecheClientStream {
  GIOStream parent;
  GIOStream* base;          // Owned; null once it has been taken back.
  VecheClientInput* input;  // Owned.
};
struct VecheClientStreamClass {
  GIOStreamClass parent;
};

static void veche_client_input_pollable(GPollableInputStreamInterface* methods);

G_DEFINE_TYPE_WITH_CODE(VecheClientInput, veche_client_input, G_TYPE_INPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_INPUT_STREAM,
                                              veche_client_input_pollable))
G_DEFINE_TYPE(VecheClientStream, veche_client_stream, G_TYPE_IO_STREAM)

static void veche_client_input_init(VecheClientInput* self) {
  self->unread = new std::string;
  self->guard = new HeadGuard;
}

/// Lets libsoup have what was read, unless the guard refuses it: then the client gets its answer
/// here, and libsoup an error, over which it closes the connection.
static gssize guarded_read(VecheClientInput* self, const void* buffer, gssize count,
                           GError** error) {
  if (count <= 0 || self->guard->has_ended()) return count;
  const int status = self->guard->pass({static_cast<const char*>(buffer), size_t(count)});
  if (status == 0) return count;
  const std::string answer = "HTTP/1.1 " + std::to_string(status) +
                             (status == 501 ? " Not Implemented" : " Bad Request") +
                             "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  g_pollable_output_stream_write_nonblocking(G_POLLABLE_OUTPUT_STREAM(self->answer), answer.data(),
                                             answer.size(), nullptr, nullptr);
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the head is refused");
  return -1;
}

static void veche_client_input_class_init(VecheClientInputClass* type) {
  G_OBJECT_CLASS(type)->finalize = [](GObject* object) {
    auto* self = reinterpret_cast<VecheClientInput*>(object);
    if (self->base) g_object_unref(self->base);
    if (self->answer) g_object_unref(self->answer);
    delete self->unread;
    delete self->guard;
    G_OBJECT_CLASS(veche_client_input_parent_class)->finalize(object);
  };
  auto* stream = G_INPUT_STREAM_CLASS(type);
  // libsoup reads only what is there (soup_filter_input_stream_read_until() does not block).
  stream->read_fn = [](GInputStream* from, void* buffer, gsize count, GCancellable* cancellable,
                       GError** error) -> gssize {
    auto* self = reinterpret_cast<VecheClientInput*>(from);
    if (self->unread->empty() && !self->is_taken_back) {
      const gssize got =
          g_input_stream_read(G_INPUT_STREAM(self->base), buffer, count, cancellable, error);
      return guarded_read(self, buffer, got, error);
    }
    return g_pollable_input_stream_read_nonblocking(G_POLLABLE_INPUT_STREAM(from), buffer, count,
                                                    cancellable, error);
  };
  // libsoup closes it with the filters that it puts on it, but only the whole stream ends the base.
  stream->close_fn = [](GInputStream*, GCancellable*, GError**) -> gboolean { return TRUE; };
}

static void veche_client_input_pollable(GPollableInputStreamInterface* methods) {
  methods->can_poll = [](GPollableInputStream*) -> gboolean { return TRUE; };
  methods->is_readable = [](GPollableInputStream* from) -> gboolean {
    auto* self = reinterpret_cast<VecheClientInput*>(from);
    return !self->unread->empty() ||
           (!self->is_taken_back && g_pollable_input_stream_is_readable(self->base));
  };
  methods->create_source = [](GPollableInputStream* from, GCancellable* cancellable) -> GSource* {
    auto* self = reinterpret_cast<VecheClientInput*>(from);
    GSource* const ready = self->unread->empty()
                               ? g_pollable_input_stream_create_source(self->base, nullptr)
                               : g_timeout_source_new(0);
    GSource* const source = g_pollable_source_new_full(from, ready, cancellable);
    g_source_unref(ready);
    return source;
  };
  methods->read_nonblocking = [](GPollableInputStream* from, void* buffer, gsize count,
                                 GError** error) -> gssize {
    auto* self = reinterpret_cast<VecheClientInput*>(from);
    std::string& unread = *self->unread;
    if (!unread.empty()) {
      const size_t given = std::min<size_t>(count, unread.size());
      memcpy(buffer, unread.data(), given);
      unread.erase(0, given);
      // What was taken back has been guarded, or belongs to a request that gets its own guard.
      const auto got = static_cast<gssize>(given);
      return self->is_taken_back ? got : guarded_read(self, buffer, got, error);
    }
    if (!self->is_taken_back) {
      const gssize got =
          g_pollable_input_stream_read_nonblocking(self->base, buffer, count, nullptr, error);
      return guarded_read(self, buffer, got, error);
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "taken back");
    return -1;
  };
}

static void veche_client_stream_init(VecheClientStream*) {}

static void veche_client_stream_class_init(VecheClientStreamClass* type) {
  G_OBJECT_CLASS(type)->finalize = [](GObject* object) {
    auto* self = reinterpret_cast<VecheClientStream*>(object);
    if (self->input) g_object_unref(self->input);
    if (self->base) g_object_unref(self->base);
    G_OBJECT_CLASS(veche_client_stream_parent_class)->finalize(object);
  };
  auto* stream = G_IO_STREAM_CLASS(type);
  stream->get_input_stream = [](GIOStream* from) -> GInputStream* {
    return G_INPUT_STREAM(reinterpret_cast<VecheClientStream*>(from)->input);
  };
  stream->get_output_stream = [](GIOStream* from) -> GOutputStream* {
    auto* self = reinterpret_cast<VecheClientStream*>(from);
    return self->base ? g_io_stream_get_output_stream(self->base) : nullptr;
  };
  stream->close_fn = [](GIOStream* from, GCancellable* cancellable, GError** error) -> gboolean {
    auto* self = reinterpret_cast<VecheClientStream*>(from);
    return !self->base || g_io_stream_close(self->base, cancellable, error);
  };
}

namespace veche::http {

Ref<GIOStream> make_client_stream(const Ref<GIOStream>& base, const std::string& unread) {
  Ref<GIOStream> stream =
      glib::adopt(G_IO_STREAM(g_object_new(veche_client_stream_get_type(), nullptr)));
  auto* self = reinterpret_cast<VecheClientStream*>(stream.get());
  self->input =
      reinterpret_cast<VecheClientInput*>(g_object_new(veche_client_input_get_type(), nullptr));
  self->input->base =
      G_POLLABLE_INPUT_STREAM(g_object_ref(g_io_stream_get_input_stream(base.get())));
  self->input->answer = G_OUTPUT_STREAM(g_object_ref(g_io_stream_get_output_stream(base.get())));
  *self->input->unread = unread;
  self->base = G_IO_STREAM(g_object_ref(base.get()));
  return stream;
}

ReleasedStream release_stream(GIOStream* client_stream, const Ref<GIOStream>& stolen) {
  auto* self = reinterpret_cast<VecheClientStream*>(client_stream);
  self->input->is_taken_back = TRUE;
  // First what libsoup's filter holds, then what it has not fetched from us.
  std::string unread;
  while (read_available(stolen.get(), SIZE_MAX, unread) == ReadOutcome::Data) {
  }
  return {glib::adopt(std::exchange(self->base, nullptr)), std::move(unread)};
}

ReadOutcome read_available(GIOStream* stream, size_t max_bytes, std::string& to) {
  std::array<char, 4096> buffer;
  GError* raw_error = nullptr;
  const gssize count = g_pollable_input_stream_read_nonblocking(
      G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream)), buffer.data(),
      std::min(buffer.size(), max_bytes), nullptr, &raw_error);
  const glib::ErrorPtr error(raw_error);
  if (count > 0) to.append(buffer.data(), static_cast<size_t>(count));
  if (count > 0) return ReadOutcome::Data;
  return g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? ReadOutcome::WouldBlock
                                                                          : ReadOutcome::End;
}

}  // namespace veche::http
