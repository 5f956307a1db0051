// SPDX-License-Identifier: Apache-2.0
// Asks the kernel whether the client has closed its sending side. Nothing is read: what comes
// before the end, a pipelined request or the last words of TLS, does not matter.
#include "http/connection/client_watch.hpp"

#include <glib-unix.h>
#include <poll.h>

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
    : watched_(std::make_shared<Watched>(
          g_unix_fd_source_new(g_socket_get_fd(socket), static_cast<GIOCondition>(POLLRDHUP)),
          std::move(gone))) {
  const auto on_end = +[](gint, GIOCondition, gpointer self) -> gboolean {
    const auto watched = static_cast<std::weak_ptr<Watched>*>(self)->lock();
    if (watched && watched->gone) std::exchange(watched->gone, nullptr)();
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(watched_->source, G_SOURCE_FUNC(on_end),
                        new std::weak_ptr<Watched>(watched_),
                        [](gpointer data) { delete static_cast<std::weak_ptr<Watched>*>(data); });
  g_source_attach(watched_->source, context);
}

void ClientWatch::notify() {
  const std::shared_ptr<Watched> watched = watched_;
  if (!watched || !watched->gone) return;
  // The descriptor may soon be another's.
  g_source_destroy(watched->source);
  std::exchange(watched->gone, nullptr)();
}

}  // namespace veche::http
