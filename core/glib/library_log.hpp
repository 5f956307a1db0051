// SPDX-License-Identifier: Apache-2.0
// What GLib, GStreamer, libnice and libsoup complain about goes into the server's log.
#pragma once

namespace veche::glib {

/// Once, before any of them is used. What G_DEBUG makes fatal stays fatal. Debug messages, which
/// may hold secrets, are left out unless G_MESSAGES_DEBUG asks for them.
void log_what_libraries_say();

}  // namespace veche::glib
