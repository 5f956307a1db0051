// SPDX-License-Identifier: Apache-2.0
// The server's log: one line per fact on standard error. Never called from a lane or a streaming
// thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/log_limit.hpp"

namespace veche::log {

enum class Level { Error = 1, Warning, Info, Debug };
enum class Format { Text = 1, Json };

/// The subject of a line; empty members are left out. `session` is the name in URLs, which is not a
/// credential.
struct About {
  std::string_view room, participant, session;
};

/// [any] Lines less important than `level` are dropped.
void configure(Level level, Format format);
bool enabled(Level level);

/// Lines of this thread that name no subject get `about` as theirs until the scope ends. The text
/// that `about` points to must live that long. [any but lane and streaming]
class Scope {
 public:
  explicit Scope(const About& about);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  friend About current();
  const About about_;
  const Scope* const outer_;
};

/// [any but lane and streaming] `component` is the layer or plugin that logs: "room", "http",
/// "forwarding". Lines of one component and place are rate-limited: see LogLimit.
void write(Level level, std::string_view component, std::string_view message,
           const About& about = {}, LogPlace place = LogPlace::here());

inline void error(std::string_view component, std::string_view message, const About& about = {},
                  LogPlace place = LogPlace::here()) {
  write(Level::Error, component, message, about, place);
}
inline void warning(std::string_view component, std::string_view message, const About& about = {},
                    LogPlace place = LogPlace::here()) {
  write(Level::Warning, component, message, about, place);
}
inline void info(std::string_view component, std::string_view message, const About& about = {},
                 LogPlace place = LogPlace::here()) {
  write(Level::Info, component, message, about, place);
}
inline void debug(std::string_view component, std::string_view message, const About& about = {}) {
  write(Level::Debug, component, message, about);
}

/// [any but lane and streaming] Reports the number of suppressed warnings for each window that has
/// ended; every line does that too. `at_end`: for open windows as well.
void settle(bool at_end = false);

/// While one lives, a thread of its own writes the lines: a stalled reader of standard error drops
/// lines, which are counted, and stops no other thread. Without one the thread that logs writes.
/// At most one at a time. [control]
class Background {
 public:
  explicit Background(int descriptor = 2);
  /// Writes what is queued, for LogWriter::kEndMs at most.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
};

/// [any] Waits until what was logged before is written, for the timeout at most.
/// Async-signal-safe: the last line of a process that crashes comes after all others.
void flush(int64_t timeout_ms) noexcept;
/// [any] How many lines were dropped since the start because the reader was too slow.
uint64_t dropped_lines();

/// For tests: the monotonic clock of the rate limit.
void use_clock(int64_t (*now_ns)());

}  // namespace veche::log
