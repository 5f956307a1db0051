// SPDX-License-Identifier: Apache-2.0
// Asks the kernel whether the client has closed its sending side. Nothing is read: what comes
// before the end, a pipelined request or a close_notify, does not matter.
#include "http/connection/client_watch.hpp"

#include <glib-unix.h>
#include <poll.h>

#include <utility>

#include "base/guarded.hpp"
#include "glib/source.hpp"

namespace veche::http {

struct ClientWatch::Watched {
  using Weak = std::weak_ptr<Watched>;

  std::function<void()> gone;
  glib::Source source;

  void end() {
    // The descriptor may soon belong to another connection.
    source.cancel();
    if (gone) guarded("http", LogPlace::here(), std::exchange(gone, nullptr));
  }

  static gboolean on_end(gint, GIOCondition, gpointer self) {
    if (const auto watched = static_cast<Weak*>(self)->lock()) watched->end();
    return G_SOURCE_REMOVE;
  }
};

ClientWatch::ClientWatch(GSocket* socket, GMainContext* context, std::function<void()> gone)
    : watched_(std::make_shared<Watched>()) {
  watched_->gone = std::move(gone);
  watched_->source = {
      g_unix_fd_source_new(g_socket_get_fd(socket), static_cast<GIOCondition>(POLLRDHUP)), context,
      Watched::on_end, new Watched::Weak(watched_),
      [](gpointer data) { delete static_cast<Watched::Weak*>(data); }};
}

void ClientWatch::notify() {
  // A copy: `gone` may end this watch.
  if (const std::shared_ptr<Watched> watched = watched_) watched->end();
}

}  // namespace veche::http
