// SPDX-License-Identifier: Apache-2.0
// The thread that starts commands, reads their output, and kills those that take too long.
#include "recording/control/hook.hpp"

#include <glib.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <veche/host.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <veche/cpp/failure.hpp>

namespace veche::recording {
namespace {

constexpr int64_t kCommandStopMs = 2000;
constexpr int64_t kLookMs = 50;  // On kernels that do not report the end of a command.

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int make_eventfd() {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd >= 0) return fd;
  throw Failure(VECHE_E_EXHAUSTED,
                "no descriptor for the hook command: raise the limit (ulimit -n)");
}

/// Output as one line of text: " | " between its lines, ? for other control characters.
std::string one_line(const std::string& output) {
  const std::unique_ptr<char, decltype(&g_free)> valid(
      g_utf8_make_valid(output.data(), static_cast<gssize>(output.size())), g_free);
  std::string text(valid.get());
  text.erase(text.find_last_not_of('\n') + 1);
  std::string line;
  for (const char letter : text) {
    if (letter == '\n')
      line += " | ";
    else
      line += letter == '\t' || static_cast<unsigned char>(letter) >= ' ' ? letter : '?';
  }
  return line;
}

std::string subject(const HookValues& values) {
  return "the hook command of recording " + values.id + " in room " + values.room;
}

}  // namespace

Hook::Hook(HookSettings settings, Log log)
    : settings_(std::move(settings)), log_(std::move(log)), wake_(make_eventfd()) {
  check_hook_command(settings_.command);
  thread_ = std::thread([this] { loop(); });
}

Hook::~Hook() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  for (const HookValues& each : waiting_) {
    log_(VECHE_LOG_WARNING, subject(each) + " was not started: the server stops");
  }
}

bool Hook::run(HookValues values) {
  std::string refused;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMaxWaiting || stopping_)
      refused = subject(values);
    else
      waiting_.push_back(std::move(values));
  }
  if (refused.empty()) {
    wake();
    return true;
  }
  log_(VECHE_LOG_WARNING, refused + " is not started: " + std::to_string(kMaxWaiting) +
                              " others wait; make it faster or its time limit shorter");
  return false;
}

void Hook::wake() const noexcept { eventfd_write(wake_.get(), 1); }

void Hook::loop() {
  while (start_waiting()) {
    int64_t timeout_ms = -1;
    for (const Running& each : running_) {
      if (each.timed_out) continue;
      const int64_t left =
          std::max<int64_t>(0, each.started_ms + settings_.time_limit_ms - now_ms());
      timeout_ms = timeout_ms < 0 ? left : std::min(timeout_ms, left);
    }
    wait(timeout_ms, true);
    check_running();
  }
  kill_running();
}

bool Hook::start_waiting() {
  for (;;) {
    HookValues next;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      if (waiting_.empty() || running_.size() >= kMaxRunning) return true;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    start(std::move(next));
  }
}

void Hook::start(HookValues values) {
  try {
    auto child = std::make_unique<Child>(hook_arguments(settings_.command, values),
                                         hook_environment(values));
    running_.push_back({std::move(values), now_ms(), false, std::move(child)});
  } catch (const std::exception& failure) {
    log_(VECHE_LOG_ERROR, subject(values) + ": " + failure.what());
  }
}

void Hook::wait(int64_t timeout_ms, bool for_news) {
  std::vector<pollfd> polled;
  if (for_news) polled.push_back({wake_.get(), POLLIN, 0});
  for (const Running& each : running_) {
    polled.push_back({each.child->exit_fd(), POLLIN, 0});
    polled.push_back({each.child->output_fd(), POLLIN, 0});
    if (each.child->exit_fd() < 0 && (timeout_ms < 0 || timeout_ms > kLookMs)) timeout_ms = kLookMs;
  }
  poll(polled.data(), polled.size(), static_cast<int>(std::min<int64_t>(timeout_ms, 1 << 30)));
  eventfd_t news = 0;
  if (for_news) eventfd_read(wake_.get(), &news);
}

void Hook::check_running() {
  std::erase_if(running_, [this](Running& each) {
    if (each.child->output_fd() >= 0) each.child->read_output();
    if (const auto ending = each.child->ended()) {
      report(each, *ending);
      return true;
    }
    if (!each.timed_out && now_ms() - each.started_ms >= settings_.time_limit_ms) {
      each.timed_out = true;
      each.child->kill();
    }
    return false;
  });
}

void Hook::kill_running() {
  for (const Running& each : running_) each.child->kill();
  const int64_t end_ms = now_ms() + kCommandStopMs;
  while (!running_.empty() && now_ms() < end_ms) {
    check_running();
    if (!running_.empty()) wait(end_ms - now_ms(), false);
  }
  // Only a child that the kernel cannot end, because it waits for a disk.
  for (const Running& each : running_) {
    log_(VECHE_LOG_ERROR, subject(each.values) + " cannot be killed, and is left behind");
  }
}

void Hook::report(const Running& running, const std::string& ending) const {
  const std::string output = one_line(running.child->output());
  const std::string why =
      running.timed_out
          ? "killed after its " + std::to_string(settings_.time_limit_ms) + " ms"
          : ending + " after " + std::to_string(now_ms() - running.started_ms) + " ms";
  log_(running.child->succeeded() ? VECHE_LOG_INFO : VECHE_LOG_WARNING,
       subject(running.values) + ": " + why + (output.empty() ? "" : ": " + output));
}

}  // namespace veche::recording
