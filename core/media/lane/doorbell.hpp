// SPDX-License-Identifier: Apache-2.0
// Where a lane sleeps: until another thread rings, a deadline passes, or its port is readable.
#pragma once

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace veche::media {

/// One thread sleeps, any others ring.
class Doorbell {
 public:
  /// Exhausted if the process is out of descriptors.
  static Result<std::unique_ptr<Doorbell>> open();
  ~Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  /// [any] Wakes the sleeper, which then sees all earlier writes. A system call only if it sleeps.
  void ring() noexcept;

  /// Sleeps until `until_ns` of monotonic_ns(); INT64_MAX: without a limit. Returns at once if
  /// `has_work`, which is asked when a ring can no longer be missed. Readable `watched` end the
  /// sleep. True: one of them is readable.
  template <class HasWork>
  bool wait(int64_t until_ns, std::span<const int> watched, HasWork&& has_work) noexcept {
    sleeping_.store(true, std::memory_order_seq_cst);
    const bool is_readable = !has_work() && poll_all(until_ns, watched);
    sleeping_.store(false, std::memory_order_seq_cst);
    return is_readable;
  }

 private:
  Doorbell(int bell, int alarm);
  bool poll_all(int64_t until_ns, std::span<const int> watched) noexcept;
  void set_alarm(int64_t time_ns) noexcept;

  std::vector<pollfd> descriptors_;  // The bell, the alarm, then the watched ones.
  int64_t alarm_ns_ = INT64_MAX;     // When the alarm rings.
  std::atomic<bool> sleeping_{false};
};

}  // namespace veche::media
