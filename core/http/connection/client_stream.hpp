// SPDX-License-Identifier: Apache-2.0
// A client's stream as libsoup gets it for one request, so that it can be taken back afterwards.
#pragma once

#include <gio/gio.h>

#include <string>

#include "glib/ref.hpp"

namespace veche::http {

/// A GIOStream on `base` whose input begins with the bytes in `unread`. Closing it closes `base`,
/// unless release_stream() came before. [control]
glib::Ref<GIOStream> make_client_stream(const glib::Ref<GIOStream>& base,
                                        const std::string& unread);

/// Takes the base back from a client stream, and what libsoup has read from it beyond the request:
/// `stolen` is what soup_server_message_steal_connection() gave for that stream. Both are useless
/// afterwards.
struct ReleasedStream {
  glib::Ref<GIOStream> base;
  std::string unread;
};
ReleasedStream release_stream(GIOStream* client_stream, const glib::Ref<GIOStream>& stolen);

/// What can be read from `stream` without waiting, up to `max_bytes`. WouldBlock if there is
/// nothing yet; End at the end of the stream, or an error.
enum class ReadOutcome { Data = 1, WouldBlock, End };
ReadOutcome read_available(GIOStream* stream, size_t max_bytes, std::string& to);

}  // namespace veche::http
