// SPDX-License-Identifier: Apache-2.0
// Listening sockets for addresses of the configuration.
#pragma once

#include <gio/gio.h>

#include <string>
#include <vector>

#include "base/result.hpp"
#include "glib/ref.hpp"

namespace veche::http {

/// "127.0.0.1:8080" or "[::1]:8080"; port 0 takes a free one. "[::]" takes IPv4 too, unless one of
/// `others`, which the server listens on as well, is an IPv4 address with the same port. Internal
/// with the address and the reason.
Result<glib::Ref<GSocket>> listen_on(const std::string& address,
                                     const std::vector<std::string>& others);

/// "http://127.0.0.1:8080", with the real port.
std::string url_of(GSocket* socket, bool has_tls);

/// Whether only this machine can reach the socket.
bool is_loopback(GSocket* socket);

}  // namespace veche::http
