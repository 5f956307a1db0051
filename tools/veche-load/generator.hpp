// SPDX-License-Identifier: Apache-2.0
// The one thread that sends all participants' packets.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/time.hpp"
#include "client.hpp"
#include "histogram.hpp"
#include "talker.hpp"

namespace veche::load {

/// Each participant gets one moment in every 20 ms, and these are spread evenly.
class Generator {
 public:
  Generator();
  ~Generator();
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  /// [any] The generator uses the client and the talker until remove() has returned.
  void add(uint32_t index, Client& client, Talker& talker);
  /// [any] Waits for a packet that is being sent.
  void remove(uint32_t index);
  /// [any] The schedule starts at this monotonic time.
  void start_schedule(int64_t at_ns) { schedule_start_ns_ = at_ns; }
  /// [any] Stops the measurement of lateness.
  void end_schedule() { schedule_ended_ = true; }

  std::atomic<uint64_t> packets{0}, failures{0};
  /// Of this thread, while the schedule runs: a large value means that the machine is too slow for
  /// the load.
  Histogram lateness;

 private:
  static constexpr size_t kPhases = 20;  // One per millisecond.
  struct Entry {
    uint32_t index;
    Client* client;
    Talker* talker;
  };
  struct Phase {
    std::mutex mutex;
    std::vector<Entry> entries;
  };

  /// Neighbours are far apart, like the clocks of real devices.
  Phase& phase_of(uint32_t index) {
    constexpr size_t kStride = 7;
    return phases_[index * kStride % kPhases];
  }
  void run();
  void send_phase(Phase& phase);

  std::array<Phase, kPhases> phases_;
  std::atomic<int64_t> schedule_start_ns_{INT64_MAX};
  std::atomic<bool> schedule_ended_{false};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace veche::load
