// SPDX-License-Identifier: Apache-2.0
// Makes a line, as text or JSON, of each fact, and writes it with one system call or hands it to
// the writer, so that lines of several threads do not mix.
#include "base/log.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/log_writer.hpp"
#include "base/time.hpp"

namespace veche::log {
namespace {

std::atomic<Level> current_level{Level::Info};
std::atomic<Format> current_format{Format::Text};
std::atomic<int64_t (*)()> clock_ns{monotonic_ns};
thread_local const Scope* innermost = nullptr;

/// Never destroyed: threads may log until the process ends.
std::atomic<LogWriter*> writer{nullptr};
std::atomic<uint64_t> formerly_dropped{0};  // By writers that are gone.
std::atomic<uint64_t> told_dropped{0};      // Which the log has told of.

std::mutex limit_mutex;  // Never held while a line is written.
LogLimit& limit() {
  // Never destroyed: threads may log until the process ends.
  static LogLimit* const limit = new LogLimit;
  return *limit;
}

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

/// The length in bytes of the UTF-8 character in front of `text`; 0 if it is invalid (RFC 3629
/// section 4).
size_t character_size(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const size_t size = first < 0x80    ? 1
                      : first < 0xc2  ? 0
                      : first < 0xe0  ? 2
                      : first < 0xf0  ? 3
                      : first <= 0xf4 ? 4
                                      : 0;
  if (size == 0 || size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool no_character = (first == 0xed && byte(1) >= 0xa0) || (first == 0xf4 && byte(1) > 0x8f);
  return overlong || no_character ? 0 : size;
}

/// Control characters never reach the terminal, so a client cannot forge a line. Invalid UTF-8
/// would be invalid JSON.
void append_escaped(std::string& line, std::string_view text, bool json) {
  while (!text.empty()) {
    const size_t size = character_size(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      snprintf(escape, sizeof escape, "\\u%04x", byte);
      line += escape;
    } else if (size == 0) {
      line += json ? "\\ufffd" : "?";
    } else {
      if (json && (byte == '"' || byte == '\\')) line += '\\';
      line += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
}

/// JSON: members of the object; text: " [room=blue participant=ann]".
void append_about(std::string& line, const About& about, bool json) {
  const std::pair<const char*, std::string_view> fields[] = {
      {"room", about.room}, {"participant", about.participant}, {"session", about.session}};
  bool is_first = true;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    if (json) {
      line.append(",\"").append(name).append("\":\"");
    } else {
      line.append(is_first ? " [" : " ").append(name).append("=");
    }
    append_escaped(line, value, json);
    if (json) line += '"';
    is_first = false;
  }
  if (!json && !is_first) line += ']';
}

std::string line_of(Level level, std::string_view component, std::string_view message,
                    const About& about) {
  const bool json = current_format.load(std::memory_order_relaxed) == Format::Json;
  std::string line;
  line.reserve(message.size() + 160);
  line += json ? R"({"time":")" : "";
  line += time_text();
  line += json ? R"(","level":")" : " ";
  line += level_name(level);
  line += json ? R"(","component":")" : " ";
  append_escaped(line, component, json);
  line += json ? R"(","message":")" : ": ";
  append_escaped(line, message, json);
  if (json) line += '"';
  append_about(line, about, json);
  return line += json ? "}\n" : "\n";
}

void put(Level level, std::string_view component, std::string_view message, const About& about) {
  const std::string line = line_of(level, component, message, about);
  if (LogWriter* background = writer.load(std::memory_order_acquire)) {
    background->push(line, level <= Level::Warning);
    return;
  }
  // A failed write to the log cannot be reported anywhere.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

/// Once the reader has caught up.
void tell_dropped() {
  const LogWriter* background = writer.load(std::memory_order_acquire);
  const uint64_t all = dropped_lines();
  uint64_t told = told_dropped.load(std::memory_order_relaxed);
  if (!background || all <= told || background->is_behind()) return;
  if (!told_dropped.compare_exchange_strong(told, all)) return;
  put(Level::Warning, "log",
      std::to_string(all - told) + " lines were dropped: what reads the log is too slow", {});
}

}  // namespace

void configure(Level level, Format format) {
  current_level = level;
  current_format = format;
}

bool enabled(Level level) { return level <= current_level.load(std::memory_order_relaxed); }

About current() { return innermost ? innermost->about_ : About{}; }

Scope::Scope(const About& about) : about_(about), outer_(innermost) { innermost = this; }

Scope::~Scope() { innermost = outer_; }

void write(Level level, std::string_view component, std::string_view message, const About& about,
           LogPlace place) {
  if (!enabled(level)) return;
  settle();
  if (level <= Level::Info) {
    const uint32_t most = level == Level::Info ? LogLimit::kMostInfo : LogLimit::kMost;
    const std::scoped_lock lock(limit_mutex);
    if (!limit().may_write(static_cast<int>(level), component, place, message, clock_ns.load()(),
                           most)) {
      return;
    }
  }
  const bool is_said = !about.room.empty() || !about.participant.empty() || !about.session.empty();
  put(level, component, message, is_said ? about : current());
}

void settle(bool at_end) {
  std::vector<LogLimit::HeldBack> ended;
  {
    const std::scoped_lock lock(limit_mutex);
    ended = limit().take_ended(at_end ? std::numeric_limits<int64_t>::max() : clock_ns.load()());
  }
  for (const LogLimit::HeldBack& held_back : ended) {
    put(static_cast<Level>(held_back.level), held_back.component,
        std::to_string(held_back.count) + " more like this were not written: " + held_back.message,
        {});
  }
  tell_dropped();
}

Background::Background(int descriptor) {
  // Never destroyed: other threads may log at any moment. The list keeps it from being a leak.
  static auto* const writers = new std::vector<std::unique_ptr<LogWriter>>;
  writers->push_back(std::make_unique<LogWriter>(descriptor));
  writer.store(writers->back().get(), std::memory_order_release);
}

Background::~Background() {
  settle();
  LogWriter* background = writer.load(std::memory_order_acquire);
  // Where the reader stalls, lines of what still ends go to the queue too: they must not wait.
  if (!background->flush(LogWriter::kEndMs)) return;
  formerly_dropped.fetch_add(background->dropped());
  writer.store(nullptr, std::memory_order_release);
}

void flush(int64_t timeout_ms) noexcept {
  if (LogWriter* background = writer.load(std::memory_order_acquire)) {
    background->flush(timeout_ms);
  }
}

uint64_t dropped_lines() {
  const LogWriter* background = writer.load(std::memory_order_acquire);
  return formerly_dropped.load() + (background ? background->dropped() : 0);
}

void use_clock(int64_t (*now_ns)()) { clock_ns = now_ns; }

}  // namespace veche::log
