// SPDX-License-Identifier: Apache-2.0
// Writes log lines as text or JSON, each with one system call, so that lines of several threads do
// not mix.
#include "base/log.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <string>

#include "base/time.hpp"

namespace veche::log {
namespace {

std::atomic<Level> current_level{Level::Info};
std::atomic<Format> current_format{Format::Text};

constexpr const char* level_name(Level level) {
  switch (level) {
    case Level::Error: return "error";
    case Level::Warning: return "warning";
    case Level::Info: return "info";
    case Level::Debug: return "debug";
  }
  return "info";
}

std::string time_text() {
  const int64_t now_ms = unix_ms();
  const time_t seconds = now_ms / 1000;
  tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(now_ms % 1000));
  return text;
}

/// Control characters never reach the terminal, so nobody from outside can forge a line.
void append_escaped(std::string& line, std::string_view text, bool json) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      snprintf(escape, sizeof escape, "\\u%04x", byte);
      line += escape;
    } else {
      if (json && (c == '"' || c == '\\')) line += '\\';
      line += c;
    }
  }
}

}  // namespace

void configure(Level level, Format format) {
  current_level = level;
  current_format = format;
}

bool enabled(Level level) { return level <= current_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view component, std::string_view message) {
  if (!enabled(level)) return;
  const bool json = current_format.load(std::memory_order_relaxed) == Format::Json;
  std::string line;
  line.reserve(message.size() + 80);
  line += json ? R"({"time":")" : "";
  line += time_text();
  line += json ? R"(","level":")" : " ";
  line += level_name(level);
  line += json ? R"(","component":")" : " ";
  append_escaped(line, component, json);
  line += json ? R"(","message":")" : ": ";
  append_escaped(line, message, json);
  line += json ? "\"}\n" : "\n";
  // A log that cannot be written has nobody to be told to.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace veche::log
