// SPDX-License-Identifier: Apache-2.0
// The sockets of connections that are open, so that the end of the server waits for none of them.
#pragma once

#include <gio/gio.h>

#include <memory>

namespace veche::http {

/// Holds no reference to them. [control]
class OpenSockets {
 public:
  OpenSockets();

  /// Until it is freed, on whatever thread: GIO frees one over TLS where it has closed it.
  void add(GSocket* socket);
  /// Lets the close of each wait for nothing.
  void hurry();

 private:
  struct Set;
  /// Shared with the sockets, which may outlive this.
  const std::shared_ptr<Set> set_;
};

}  // namespace veche::http
