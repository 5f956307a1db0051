// SPDX-License-Identifier: Apache-2.0
// One direction of a network in virtual time: delay, loss and reordering, all from a seed.
#pragma once

#include <cstdint>
#include <queue>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace veche::simulation {

using Bytes = std::vector<uint8_t>;

struct LinkQuality {
  int64_t delay_ms = 30;
  int64_t jitter_ms = 0;  ///< Added, between 0 and this: packets overtake each other.
  double loss = 0;        ///< Of each datagram, independently.
};

class Link {
 public:
  Link(const LinkQuality& quality, uint32_t seed) : quality_(quality), random_(seed) {}

  void send(std::span<const uint8_t> datagram, int64_t now_ns) {
    if (std::uniform_real_distribution<>(0, 1)(random_) < quality_.loss) {
      ++lost_;
      return;
    }
    std::uniform_int_distribution<int64_t> jitter_ns(0, quality_.jitter_ms * kNsPerMs);
    const int64_t due_ns = now_ns + quality_.delay_ms * kNsPerMs + jitter_ns(random_);
    travelling_.push({due_ns, count_++, Bytes(datagram.begin(), datagram.end())});
  }

  /// Calls take(Bytes&) for all that has arrived by then, in the order of arrival.
  template <class Take>
  void deliver(int64_t now_ns, Take&& take) {
    while (!travelling_.empty() && travelling_.top().due_ns <= now_ns) {
      Bytes datagram = travelling_.top().bytes;
      travelling_.pop();
      take(datagram);
    }
  }

  uint64_t lost() const { return lost_; }

 private:
  struct Travelling {
    int64_t due_ns;
    uint64_t number;
    Bytes bytes;
    bool operator<(const Travelling& other) const {  // The queue's top is its largest.
      return std::pair(due_ns, number) > std::pair(other.due_ns, other.number);
    }
  };

  const LinkQuality quality_;
  std::mt19937 random_;
  std::priority_queue<Travelling> travelling_;
  uint64_t count_ = 0, lost_ = 0;
};

}  // namespace veche::simulation
