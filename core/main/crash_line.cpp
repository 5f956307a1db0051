// SPDX-License-Identifier: Apache-2.0
// Signal handlers, which only call what is async-signal-safe (signal-safety(7)).
#include "main/crash_line.hpp"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "plugin/hook_mark.hpp"

namespace veche::main {
namespace {

struct Fatal {
  int signal;
  const char* name;
};
constexpr std::array<Fatal, 7> kFatal = {{{SIGSEGV, "SIGSEGV"},
                                          {SIGBUS, "SIGBUS"},
                                          {SIGFPE, "SIGFPE"},
                                          {SIGILL, "SIGILL"},
                                          {SIGABRT, "SIGABRT"},
                                          {SIGTRAP, "SIGTRAP"},
                                          {SIGSYS, "SIGSYS"}}};
/// An endless recursion leaves no stack to run on.
constexpr size_t kStackBytes = size_t{64} * 1024;
/// How long the lines may take that the log still holds.
constexpr int64_t kLastLinesMs = 500;

std::array<struct sigaction, kFatal.size()> former;
std::atomic<log::Format> format{log::Format::Text};
std::atomic_flag is_written = ATOMIC_FLAG_INIT;

/// Text in memory that somebody else owns. Async-signal-safe.
class Text {
 public:
  Text(char* buffer, size_t size) : buffer_(buffer), size_(size) {}
  Text& add(std::string_view text) {
    const size_t count = std::min(text.size(), size_ - length_);
    memcpy(buffer_ + length_, text.data(), count);
    length_ += count;
    return *this;
  }
  Text& add(int64_t number, int digits) {
    char text[20];
    for (int i = digits; i > 0; --i, number /= 10)
      text[i - 1] = static_cast<char>('0' + number % 10);
    return add({text, static_cast<size_t>(digits)});
  }
  std::string_view view() const { return {buffer_, length_}; }

 private:
  char* const buffer_;
  const size_t size_;
  size_t length_ = 0;
};

/// RFC 3339, as in the log. gmtime_r() may lock.
void add_time(Text& text, int64_t unix_ms) {
  const int64_t days = unix_ms / 86'400'000, ms = unix_ms % 86'400'000;
  // The era of 400 years, counted from a first of March.
  const int64_t shifted = days + 719'468, era = shifted / 146'097, day = shifted % 146'097;
  const int64_t year = (day - day / 1460 + day / 36'524 - day / 146'096) / 365;
  const int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  text.add(era * 400 + year + (month <= 2 ? 1 : 0), 4).add("-").add(month, 2).add("-");
  text.add(day_of_year - (153 * shifted_month + 2) / 5 + 1, 2).add("T");
  text.add(ms / 3'600'000, 2).add(":").add(ms / 60'000 % 60, 2).add(":");
  text.add(ms / 1000 % 60, 2).add(".").add(ms % 1000, 3).add("Z");
}

std::string_view name_of(int signal) {
  const auto* const found = std::find_if(
      kFatal.begin(), kFatal.end(), [&](const Fatal& fatal) { return fatal.signal == signal; });
  return found == kFatal.end() ? "a signal" : found->name;
}

void write_line(int signal) {
  // abort() and the former handler may come here again.
  if (is_written.test_and_set()) return;
  log::flush(kLastLinesMs);
  const plugin::HookLabel* const label = plugin::HookMark::current();
  if (signal == 0 && !label) return;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  char buffer[320];
  const std::string_view line =
      make_crash_line(buffer, sizeof buffer, format, now.tv_sec * 1000 + now.tv_nsec / 1'000'000,
                      signal, label ? label->plugin : "", label ? label->hook : "");
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

void on_fatal(int signal, siginfo_t* info, void*) {
  write_line(signal);
  for (size_t i = 0; i < kFatal.size(); ++i) {
    if (kFatal[i].signal == signal) sigaction(signal, &former[i], nullptr);
  }
  // A fault happens again when this returns; what kill() or raise() sent has to be sent again.
  if (info->si_code <= 0) raise(signal);
}

}  // namespace

std::string_view make_crash_line(char* buffer, size_t size, log::Format format, int64_t unix_ms,
                                 int signal, std::string_view plugin, std::string_view hook) {
  const bool json = format == log::Format::Json;
  // Names of plugins, hooks and signals have no character that JSON escapes.
  const std::string_view quote = json ? "\\\"" : "\"";
  Text text(buffer, size);
  text.add(json ? R"({"time":")" : "");
  add_time(text, unix_ms);
  text.add(json ? R"(","level":"error","component":"main","message":")" : " error main: ");
  if (plugin.empty()) {
    text.add("the server has crashed: ").add(name_of(signal)).add(", outside of plugins' hooks");
  } else {
    text.add("the plugin ").add(quote).add(plugin).add(quote);
    text.add(signal == 0 ? " has ended the server: exit()" : " has crashed the server: ");
    text.add(signal == 0 ? "" : name_of(signal)).add(" in ").add(hook);
  }
  return text.add(json ? "\"}\n" : "\n").view();
}

void use_crash_format(log::Format to) { format = to; }

void write_line_on_crash() {
  static char memory[kStackBytes];  // For the main thread; sanitizers have theirs.
  stack_t stack{};
  if (sigaltstack(nullptr, &stack) == 0 && (stack.ss_flags & SS_DISABLE)) {
    stack = {};
    stack.ss_sp = memory;
    stack.ss_size = kStackBytes;
    sigaltstack(&stack, nullptr);
  }
  for (size_t i = 0; i < kFatal.size(); ++i) {
    struct sigaction action {};
    action.sa_sigaction = on_fatal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(kFatal[i].signal, &action, &former[i]);
  }
  std::atexit([] { write_line(0); });
}

}  // namespace veche::main
