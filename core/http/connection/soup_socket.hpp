// SPDX-License-Identifier: Apache-2.0
// Gives accepted connections to libsoup, and finds the socket of a message again.
#pragma once

#include <libsoup/soup.h>

#include <string>

#include "glib/ref.hpp"

namespace veche::http {

/// Begins the next exchange of an accepted connection, of whose bytes `unread` have been read.
void accept(SoupServer* server, const glib::Ref<GIOStream>& stream, GSocket* socket,
            const std::string& unread);

/// What the connection of a message runs on.
GSocket* socket_of(SoupServerMessage* message);

/// The client stream of its connection.
GIOStream* stream_of(SoupServerMessage* message);

/// The IP address at the other end of the message's connection, as text.
std::string remote_host(SoupServerMessage* message);

}  // namespace veche::http
