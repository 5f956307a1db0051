// SPDX-License-Identifier: Apache-2.0
// Says which hook of which plugin each thread is in: for the watchdog, and for the last line of a
// crash.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/thread_role.hpp"

namespace veche::plugin {

struct HookLabel {
  std::string plugin;  ///< Its name in the configuration.
  std::string hook;    ///< "selector.select", "dlopen"
};

/// [any but lane] The one label of these names. It lives until the process ends, so other threads
/// may read it after the plugin is gone; the configuration bounds how many there are.
const HookLabel& hook_label(const std::string& plugin, const std::string& hook);

/// The thread is in that hook while the mark lives. [any] Without lock and allocation.
class HookMark {
 public:
  HookMark(const HookLabel& label, int64_t now_ns) noexcept;
  ~HookMark();
  HookMark(const HookMark&) = delete;
  HookMark& operator=(const HookMark&) = delete;

  /// Of this thread; null: it is in no hook. Async-signal-safe.
  static const HookLabel* current() noexcept;

 private:
  struct Slot;
  friend struct HookMarks;
  friend std::vector<struct RunningHook> running_hooks();

  const HookLabel& label_;
  const HookMark* const outer_;
  Slot* slot_;  ///< Null for a hook within a hook, and beyond kMaxRunning.
};

/// A call that is under way.
struct RunningHook {
  const HookLabel* label;
  int64_t since_ns;
  ThreadRole role;
};

/// [any but lane] The calls under way on all threads; of nested ones the outer.
std::vector<RunningHook> running_hooks();

}  // namespace veche::plugin
