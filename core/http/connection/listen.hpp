// SPDX-License-Identifier: Apache-2.0
// Listening sockets for addresses of the configuration.
#pragma once

#include <gio/gio.h>

#include <string>

#include "base/result.hpp"
#include "glib/ref.hpp"

namespace veche::http {

/// "127.0.0.1:8080" or "[::1]:8080"; port 0 takes a free one. Internal with the
/// address and the reason.
Result<glib::Ref<GSocket>> listen_on(const std::string& address);

/// "http://127.0.0.1:8080", with the real port.
std::string url_of(GSocket* socket, bool has_tls);

/// Whether only this machine can reach the socket.
bool is_loopback(GSocket* socket);

}  // namespace veche::http
