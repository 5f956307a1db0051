// SPDX-License-Identifier: Apache-2.0
// Runs an operator's command after each recording, a few at a time, on a thread of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "recording/control/child.hpp"
#include "recording/control/hook_command.hpp"

namespace veche::recording {

struct HookSettings {
  std::vector<std::string> command;  ///< A program and its arguments, with placeholders.
  int64_t time_limit_ms = 60'000;    ///< After this its process group gets SIGKILL.
};

class Hook {
 public:
  static constexpr size_t kMaxRunning = 4;
  static constexpr size_t kMaxWaiting = 64;
  /// Takes a VECHE_LOG_* level and one line, on any thread.
  using Log = std::function<void(uint32_t level, const std::string& line)>;

  /// [control] Throws Failure if the command is malformed, or no descriptor is left.
  Hook(HookSettings settings, Log log);
  /// [control] Kills the running commands and waits for them, at most 2 s; logs the waiting ones,
  /// which do not run.
  ~Hook();
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;

  /// [any but lane] Does not block. False, and a line in the log, if too many are waiting.
  bool run(HookValues values);

 private:
  struct Running {
    HookValues values;
    int64_t started_ms = 0;
    bool timed_out = false;
    std::unique_ptr<Child> child;
  };

  void loop();
  /// False when it is time to end.
  bool start_waiting();
  void start(HookValues values);
  void wait(int64_t timeout_ms, bool for_news);
  void check_running();
  void kill_running();
  void report(const Running& running, const std::string& ending) const;
  void wake() const noexcept;

  const HookSettings settings_;
  const Log log_;
  const Descriptor wake_;  // An eventfd.
  std::mutex mutex_;
  std::deque<HookValues> waiting_;  // Under mutex_.
  bool stopping_ = false;           // Under mutex_.
  std::vector<Running> running_;    // The thread's.
  std::thread thread_;
};

}  // namespace veche::recording
