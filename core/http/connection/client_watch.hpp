// SPDX-License-Identifier: Apache-2.0
// Notices that a client leaves while its request is being answered: libsoup does not read then.
#pragma once

#include <gio/gio.h>

#include <functional>
#include <memory>

namespace veche::http {

/// [control] A client that closes its sending side counts as gone, as with most servers.
class ClientWatch {
 public:
  ClientWatch() = default;
  /// Calls `gone` once, unless this ends before.
  ClientWatch(GSocket* socket, GMainContext* context, std::function<void()> gone);
  /// For a caller that knows already: calls `gone`, unless that has happened.
  void notify();

 private:
  struct Watched;
  /// Shared with the source's callback, which may end this watch.
  std::shared_ptr<Watched> watched_;
};

}  // namespace veche::http
