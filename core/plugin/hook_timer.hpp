// SPDX-License-Identifier: Apache-2.0
// Measures how often a plugin's hooks run and how long they take.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "base/counter.hpp"
#include "base/time.hpp"
#include "plugin/hook_mark.hpp"

namespace veche::plugin {

/// The time spent in one hook. The calling threads write it, control reads it, with relaxed atomics
/// and without a lock.
class HookTimer {
 public:
  /// `limit_ns`: a longer call counts as slow; 0: there is no limit.
  explicit HookTimer(const std::string& name, uint64_t limit_ns = 0, const std::string& plugin = "")
      : label_(hook_label(plugin, name)), limit_ns_(limit_ns) {}

  /// [any] One call under way.
  class Span {
   public:
    explicit Span(HookTimer& timer) noexcept
        : timer_(timer),
          outer_(std::exchange(innermost, this)),
          begin_ns_(monotonic_ns()),
          mark_(timer.label_, begin_ns_) {}
    ~Span() {
      innermost = outer_;
      timer_.record(static_cast<uint64_t>(monotonic_ns() - begin_ns_));
    }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    friend class HookTimer;
    static inline constinit thread_local Span* innermost = nullptr;

    HookTimer& timer_;
    Span* const outer_;
    const int64_t begin_ns_;
    const HookMark mark_;
  };

  /// The timer of the hook that this thread is in; null: it is in none.
  static HookTimer* current() noexcept {
    return Span::innermost ? &Span::innermost->timer_ : nullptr;
  }

  /// [any]
  void record(uint64_t ns) noexcept {
    calls_.add();
    total_ns_.add(ns);
    if (limit_ns_ != 0 && ns > limit_ns_) slow_.add();
    uint64_t max = max_ns_.load(std::memory_order_relaxed);
    while (ns > max && !max_ns_.compare_exchange_weak(max, ns, std::memory_order_relaxed)) {
    }
  }

  /// [any] A call ended with an exception, or the plugin says that it failed.
  void fail() noexcept { failures_.add(); }

  const std::string& name() const { return label_.hook; }
  const std::string& plugin() const { return label_.plugin; }
  uint64_t failures() const noexcept { return failures_.value(); }
  uint64_t calls() const noexcept { return calls_.value(); }
  uint64_t total_ns() const noexcept { return total_ns_.value(); }
  /// Calls that took longer than the limit.
  uint64_t slow() const noexcept { return slow_.value(); }
  uint64_t limit_ns() const noexcept { return limit_ns_; }
  uint64_t max_ns() const noexcept { return max_ns_.load(std::memory_order_relaxed); }

 private:
  const HookLabel& label_;
  const uint64_t limit_ns_;
  Counter calls_, total_ns_, slow_, failures_;
  std::atomic<uint64_t> max_ns_{0};
};

/// How long one call of a plugin may take. A lane's hooks delay packets, control's the whole
/// server.
struct TimeLimits {
  uint32_t lane_us = 500;
  uint32_t control_ms = 50;

  friend bool operator==(const TimeLimits&, const TimeLimits&) = default;
};

/// All hooks of one plugin. [control] A deque, because the hooks keep references to their timers.
class HookTimers {
 public:
  explicit HookTimers(const TimeLimits& limits = {}, std::string plugin = "")
      : limits_(limits), plugin_(std::move(plugin)) {}
  HookTimer& on_lane(const std::string& name) {
    return timers_.emplace_back(name, uint64_t{limits_.lane_us} * 1000, plugin_);
  }
  /// For hooks that start and end the plugin.
  HookTimer& unlimited(const std::string& name) { return timers_.emplace_back(name, 0, plugin_); }
  HookTimer& on_control(const std::string& name) {
    return timers_.emplace_back(name, uint64_t{limits_.control_ms} * kNsPerMs, plugin_);
  }
  auto begin() const { return timers_.begin(); }
  auto end() const { return timers_.end(); }
  const HookTimer& operator[](size_t index) const { return timers_[index]; }
  size_t size() const { return timers_.size(); }

 private:
  const TimeLimits limits_;
  const std::string plugin_;
  std::deque<HookTimer> timers_;
};

}  // namespace veche::plugin
