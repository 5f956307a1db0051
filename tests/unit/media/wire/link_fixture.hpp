// SPDX-License-Identifier: Apache-2.0
// A Link in virtual time, and a client behind a path with a delay and, if wanted, a limited rate.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "media/wire/link.hpp"
#include "rtp/rtcp/transport_feedback.hpp"

namespace veche::media::test {

class LinkTest : public testing::Test {
 protected:
  static constexpr uint8_t kExtension = 3;
  static constexpr int64_t kStepNs = 5 * kNsPerMs;
  static constexpr size_t kVoice = 150;  ///< On the wire: 60 kbit/s at 50 packets a second.

  LinkTest() { start(kExtension); }
  void start(uint8_t extension);

  /// A packet as a slot sends it, with room for a number.
  static std::vector<uint8_t> packet();
  /// The packet leaves now. Its number; nothing if it got none.
  std::optional<uint16_t> send(size_t wire_size = kVoice, uint8_t cluster = 0);
  /// A packet with that number arrives at the client now.
  void arrive(uint16_t number) { client_.record(number, now_ns); }
  /// The client's feedback about what has arrived, or a datagram of the test's.
  void feed_back();
  void hear(std::span<const uint8_t> datagram);

  /// Lets time pass: `voices` packets every 20 ms, the packets of probes, feedback every 100 ms.
  void run_ms(int64_t ms, int voices = 1);

  int64_t now_ns = 1000 * kNsPerS;
  RtcpCounters counters;
  std::unique_ptr<Link> link;
  size_t probes = 0;  ///< Sent so far.

  // The path.
  int64_t delay_ns = 20 * kNsPerMs;
  uint32_t rate_bps = 0;  ///< 0: no limit.
  std::function<bool()> loses;

 private:
  struct Flying {
    uint16_t number;
    int64_t arrival_ns;
  };

  rtp::TransportFeedback client_;
  std::deque<Flying> flying_;
  int64_t path_free_ns_ = 0;
};

}  // namespace veche::media::test
