// SPDX-License-Identifier: Apache-2.0
// A competitor: one TCP connection with Reno's window (RFC 5681) and segments of 1500 bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>

#include "packet.hpp"

namespace veche::simulation {

class TcpFlow {
 public:
  using Send = std::function<void(const Packet&)>;

  /// `bytes` is what it transfers; 0: it never ends.
  TcpFlow(uint32_t flow, int64_t start_us, int64_t round_trip_us, uint64_t bytes, Send send)
      : flow_(flow), start_us_(start_us), round_trip_us_(round_trip_us), send_(std::move(send)) {
    if (bytes > 0) left_ = bytes / kSegment + 1;
  }

  void advance(int64_t now_us) {
    for (; !news_.empty() && news_.front().at_us <= now_us; news_.pop_front()) use(news_.front());
    if (now_us < start_us_) return;
    while (in_flight_ < static_cast<uint32_t>(window_) && left_ > 0) {
      ++in_flight_;
      if (left_ != kEndless) --left_;
      send_({.flow = flow_, .number = next_++, .size = kSegment, .sent_us = now_us});
    }
  }
  /// Its acknowledgement comes back on an idle path.
  void on_arrival(const Packet& packet, int64_t at_us) {
    news_.push_back({at_us + round_trip_us_ / 2, packet.sent_us, false});
  }
  /// It hears of the loss when the next segment's acknowledgement comes.
  void on_drop(const Packet& packet, int64_t at_us) {
    news_.push_back({at_us + round_trip_us_, packet.sent_us, true});
  }

 private:
  static constexpr uint16_t kSegment = 1500;
  static constexpr uint64_t kEndless = ~uint64_t{0};
  struct News {
    int64_t at_us, sent_us;
    bool is_loss;
  };
  void use(const News& news) {
    --in_flight_;
    if (!news.is_loss) {
      window_ += window_ < threshold_ ? 1 : 1 / window_;
      return;
    }
    if (left_ != kEndless) ++left_;
    if (news.sent_us < recovery_us_) return;  // One halving for each window.
    recovery_us_ = news.at_us;
    threshold_ = window_ = std::max(window_ / 2, 2.0);
  }

  uint32_t flow_;
  int64_t start_us_, round_trip_us_;
  uint64_t left_ = kEndless;
  Send send_;
  double window_ = 10, threshold_ = 1e9;
  uint32_t in_flight_ = 0, next_ = 0;
  int64_t recovery_us_ = 0;
  std::deque<News> news_;
};

}  // namespace veche::simulation
