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

namespace veche::plugin {

/// The time spent in one hook. Written by the threads that call it, read by control; relaxed, so
/// never a lock.
class HookTimer {
 public:
  explicit HookTimer(std::string name) : name_(std::move(name)) {}

  /// [any] One call under way.
  class Span {
   public:
    explicit Span(HookTimer& timer) noexcept : timer_(timer), begin_ns_(monotonic_ns()) {}
    ~Span() { timer_.record(static_cast<uint64_t>(monotonic_ns() - begin_ns_)); }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    HookTimer& timer_;
    const int64_t begin_ns_;
  };

  /// [any]
  void record(uint64_t ns) noexcept {
    calls_.add();
    total_ns_.add(ns);
    uint64_t max = max_ns_.load(std::memory_order_relaxed);
    while (ns > max && !max_ns_.compare_exchange_weak(max, ns, std::memory_order_relaxed)) {
    }
  }

  const std::string& name() const { return name_; }
  uint64_t calls() const noexcept { return calls_.value(); }
  uint64_t total_ns() const noexcept { return total_ns_.value(); }
  uint64_t max_ns() const noexcept { return max_ns_.load(std::memory_order_relaxed); }

 private:
  const std::string name_;
  Counter calls_, total_ns_;
  std::atomic<uint64_t> max_ns_{0};
};

/// All hooks of one plugin. [control] A deque, because the hooks keep references to their timers.
using HookTimers = std::deque<HookTimer>;

}  // namespace veche::plugin
