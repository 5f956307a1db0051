// SPDX-License-Identifier: Apache-2.0
// A counter that any thread may add to and any thread may read.
#pragma once

#include <atomic>
#include <cstdint>

namespace veche {

/// [any] Relaxed: a reader sees a value that was true a moment ago.
class Counter {
 public:
  void add(uint64_t amount = 1) noexcept { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace veche
