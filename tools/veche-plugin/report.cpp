// SPDX-License-Identifier: Apache-2.0
// Redirects the standard streams, and reports crashes and hangs of the plugin.
#include "report.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace veche::tool {
namespace {

constexpr unsigned kMaxCheckSeconds = 120;
// For the signal handler.
int crash_output = STDOUT_FILENO;
char crash_check[64] = "";
bool is_checking = false;

void write_all(int file, const char* text, size_t size) {
  [[maybe_unused]] const ssize_t written = ::write(file, text, size);
}

void on_crash(int signal) {
  char line[160];
  const int size =
      signal == SIGALRM
          ? snprintf(line, sizeof line, "FAIL  %s: it hangs: not done after %u s\n", crash_check,
                     kMaxCheckSeconds)
          : snprintf(line, sizeof line, "FAIL  %s: it crashed with signal %d; run this in gdb\n",
                     crash_check, signal);
  write_all(crash_output, line, static_cast<size_t>(size));
  is_checking = false;
  _exit(1);
}

int redirect(int stream, const char* name, int& memory) {
  const int before = dup(stream);
  memory = memfd_create(name, MFD_CLOEXEC);
  dup2(memory, stream);
  return before;
}

std::string take(int memory, int64_t& end) {
  std::string text;
  char part[4096];
  for (ssize_t size; (size = pread(memory, part, sizeof part, end)) > 0; end += size) {
    text.append(part, static_cast<size_t>(size));
  }
  return text;
}

}  // namespace

void on_exit_call(const char* how) {
  if (!is_checking) return;
  is_checking = false;
  char line[160];
  const int size =
      snprintf(line, sizeof line, "FAIL  %s: it ended the process with %s\n", crash_check, how);
  write_all(crash_output, line, static_cast<size_t>(size));
  _exit(1);
}

Report::Report() {
  fflush(stdout);
  output_ = redirect(STDOUT_FILENO, "output", output_memory_);
  errors_ = redirect(STDERR_FILENO, "log", log_memory_);
  crash_output = output_;
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM})
    std::signal(signal, on_crash);
  static const int registered = std::atexit([] { on_exit_call("exit()"); });
  static_cast<void>(registered);
}

Report::~Report() {
  is_checking = false;
  fflush(stdout);
  alarm(0);
  dup2(output_, STDOUT_FILENO);
  dup2(errors_, STDERR_FILENO);
  crash_output = STDOUT_FILENO;
  for (const int file : {output_, errors_, output_memory_, log_memory_}) close(file);
}

void Report::begin(const std::string& check) {
  snprintf(crash_check, sizeof crash_check, "%s", check.c_str());
  is_checking = true;
  alarm(kMaxCheckSeconds);
}

void Report::ok(const std::string& what) { line("ok    ", what); }

void Report::fail(const std::string& what) {
  ++failures_;
  line("FAIL  ", what);
}

void Report::skip(const std::string& what) { line("skip  ", what); }

void Report::line(const char* verdict, const std::string& what) {
  const std::string text = verdict + what + "\n";
  write_all(output_, text.data(), text.size());
}

std::string Report::take_log() { return take(log_memory_, log_end_); }

std::string Report::take_output() {
  fflush(stdout);
  const bool first = output_end_ == 0;
  std::string text = take(output_memory_, output_end_);
  return first ? text : "";
}

}  // namespace veche::tool
