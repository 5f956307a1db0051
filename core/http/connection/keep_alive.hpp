// SPDX-License-Identifier: Apache-2.0
// Which connections outlive their request, and how libsoup gives them back.
#pragma once

#include <libsoup/soup.h>

#include <cstdint>

#include "http/connection/client_stream.hpp"

namespace veche::http {

/// Writes the response's headers about its connection. True if the connection stays: only if there
/// is room for it, the client wants it, and it is certain where the next request begins (RFC 9112
/// section 9.3).
bool write_connection_headers(SoupServerMessage* message, uint32_t idle_ms, bool has_room);

/// Takes the stream of an answered message from libsoup, which then forgets the message. To be
/// called within its signal "wrote-body".
ReleasedStream take_stream_back(SoupServerMessage* message);

}  // namespace veche::http
