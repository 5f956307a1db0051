// SPDX-License-Identifier: Apache-2.0
// GLib's structured messages as lines of ours.
#include "glib/library_log.hpp"

#include <glib.h>

#include <string>
#include <string_view>

#include "base/log.hpp"

namespace veche::glib {
namespace {

log::Level level_of(GLogLevelFlags level) {
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) return log::Level::Error;
  if (level & G_LOG_LEVEL_WARNING) return log::Level::Warning;
  if (level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO)) return log::Level::Info;
  return log::Level::Debug;
}

/// [any] GLib calls it, and ends the process afterwards where the message is fatal.
GLogWriterOutput write(GLogLevelFlags level, const GLogField* fields, gsize count, gpointer) {
  std::string_view domain = "glib", message;
  for (gsize i = 0; i < count; ++i) {
    const std::string_view key = fields[i].key;
    const auto* text = static_cast<const char*>(fields[i].value);
    const std::string_view value =
        fields[i].length < 0 ? std::string_view(text)
                             : std::string_view(text, static_cast<size_t>(fields[i].length));
    if (key == "GLIB_DOMAIN") domain = value;
    if (key == "MESSAGE") message = value;
  }
  const bool is_asked_for = level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL |
                                     G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE) ||
                            !g_log_writer_default_would_drop(level, std::string(domain).c_str());
  if (is_asked_for) log::write(level_of(level), domain, message);
  return G_LOG_WRITER_HANDLED;
}

}  // namespace

void log_what_libraries_say() { g_log_set_writer_func(write, nullptr, nullptr); }

}  // namespace veche::glib
