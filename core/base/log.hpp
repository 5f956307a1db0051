// SPDX-License-Identifier: Apache-2.0
// The server's log: one line per fact on standard error. Never called from a lane or a streaming
// thread.
#pragma once

#include <string_view>

namespace veche::log {

enum class Level { Error = 1, Warning, Info, Debug };
enum class Format { Text = 1, Json };

/// [any] What is less important than `level` is not written.
void configure(Level level, Format format);
bool enabled(Level level);

/// [any but lane and streaming] `component` is the layer or plugin that speaks: "room", "http",
/// "forwarding".
void write(Level level, std::string_view component, std::string_view message);

inline void error(std::string_view component, std::string_view message) {
  write(Level::Error, component, message);
}
inline void warning(std::string_view component, std::string_view message) {
  write(Level::Warning, component, message);
}
inline void info(std::string_view component, std::string_view message) {
  write(Level::Info, component, message);
}
inline void debug(std::string_view component, std::string_view message) {
  write(Level::Debug, component, message);
}

}  // namespace veche::log
