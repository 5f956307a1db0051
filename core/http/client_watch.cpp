// SPDX-License-Identifier: Apache-2.0
// Looks at the socket, without reading from it, whenever there is something to read.
#include "http/client_watch.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace veche::http {

struct ClientWatch::Watched {
  explicit Watched(GSource* made, std::function<void()> call)
      : source(made), gone(std::move(call)) {}
  ~Watched() {
    g_source_destroy(source);
    g_source_unref(source);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  GSource* const source;
  std::function<void()> gone;
};

ClientWatch::ClientWatch(GSocket* socket, GMainContext* context, std::function<void()> gone)
    : watched_(std::make_shared<Watched>(g_socket_create_source(socket, G_IO_IN, nullptr),
                                         std::move(gone))) {
  const auto on_readable = +[](GSocket* from, GIOCondition, gpointer self) -> gboolean {
    char byte = 0;
    const ssize_t count =
        ::recv(g_socket_get_fd(from), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return G_SOURCE_CONTINUE;
    // What is sent on is nobody's: the connection closes after the answer. It cannot be seen past.
    if (count > 0) return G_SOURCE_REMOVE;
    const auto watched = static_cast<std::weak_ptr<Watched>*>(self)->lock();
    if (watched) std::exchange(watched->gone, nullptr)();
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(watched_->source, G_SOURCE_FUNC(on_readable),
                        new std::weak_ptr<Watched>(watched_),
                        [](gpointer data) { delete static_cast<std::weak_ptr<Watched>*>(data); });
  g_source_attach(watched_->source, context);
}

void ClientWatch::notify() {
  const std::shared_ptr<Watched> watched = watched_;
  if (!watched || !watched->gone) return;
  std::exchange(watched->gone, nullptr)();
}

}  // namespace veche::http
