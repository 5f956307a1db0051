// SPDX-License-Identifier: Apache-2.0
// Gives accepted connections to libsoup, and finds the socket of a message again.
#pragma once

#include <libsoup/soup.h>

namespace veche::http {

/// Begins the exchange of an accepted connection.
void accept(SoupServer* server, GIOStream* stream, GSocket* socket);

/// What the connection of a message runs on.
GSocket* socket_of(SoupServerMessage* message);

}  // namespace veche::http
