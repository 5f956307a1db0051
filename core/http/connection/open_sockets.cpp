// SPDX-License-Identifier: Apache-2.0
// A set that sockets leave when they are freed.
#include "http/connection/open_sockets.hpp"

#include <mutex>
#include <unordered_set>

#include "http/connection/acceptor.hpp"

namespace veche::http {

struct OpenSockets::Set {
  std::mutex mutex;
  std::unordered_set<GSocket*> sockets;
};

OpenSockets::OpenSockets() : set_(std::make_shared<Set>()) {}

void OpenSockets::add(GSocket* socket) {
  {
    const std::lock_guard lock(set_->mutex);
    set_->sockets.insert(socket);
  }
  g_object_weak_ref(
      G_OBJECT(socket),
      [](gpointer data, GObject* gone) {
        const std::unique_ptr<std::shared_ptr<Set>> set(static_cast<std::shared_ptr<Set>*>(data));
        const std::lock_guard lock((*set)->mutex);
        (*set)->sockets.erase(reinterpret_cast<GSocket*>(gone));
      },
      new std::shared_ptr<Set>(set_));
}

/// A socket that is being freed waits for the lock, so each of the set is whole.
void OpenSockets::hurry() {
  const std::lock_guard lock(set_->mutex);
  for (GSocket* socket : set_->sockets) keep_close_from_waiting(socket);
}

}  // namespace veche::http
