// SPDX-License-Identifier: Apache-2.0
// Names of hosts as JSON, and their numbers as lanes read them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stage {

using Names = std::set<std::string>;

/// `{"hosts": ["ann", "bob"]}`. Throws if it is not that.
Names parse_hosts(std::string_view json);
std::string hosts_json(const Names& names);

/// The participants who are hosts, by number. Written by control, read by lanes: single words, so
/// that neither waits. A lane may see half of a change for 20 ms.
class HostNumbers {
 public:
  static constexpr size_t kMax = 256;

  /// [control] More than kMax are left out.
  void set(const std::vector<uint64_t>& numbers) noexcept {
    const size_t count = numbers.size() < kMax ? numbers.size() : kMax;
    for (size_t i = 0; i < count; ++i) numbers_[i].store(numbers[i], std::memory_order_relaxed);
    count_.store(count, std::memory_order_release);
  }
  /// [any]
  bool contains(uint64_t number) const noexcept {
    const size_t count = count_.load(std::memory_order_acquire);
    for (size_t i = 0; i < count; ++i) {
      if (numbers_[i].load(std::memory_order_relaxed) == number) return true;
    }
    return false;
  }

 private:
  std::array<std::atomic<uint64_t>, kMax> numbers_{};
  std::atomic<size_t> count_{0};
};

}  // namespace stage
