// SPDX-License-Identifier: Apache-2.0
// A session on a link in virtual time, in integers only: voices and probes on one end, real
// transport-cc feedback from the other.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "feedback_builder.hpp"
#include "rtp/bwe/estimator.hpp"
#include "rtp/bwe/prober.hpp"
#include "rtp/bwe/send_log.hpp"

namespace veche::rtp::test {

class VirtualLink {
 public:
  static constexpr uint16_t kVoiceBytes = 135;
  static constexpr uint32_t kVoiceBps = 54'000;

  explicit VirtualLink(uint16_t first = 0) : log(first), next_(first) {}

  // What the link is like; may change at any time.
  int64_t bps = 10'000'000;
  int64_t room_ms = 1000;  ///< Of its queue.
  int64_t way_us = 40'000;
  std::function<bool(int64_t index)> loses;           ///< Before the queue, as a policer does.
  std::function<int64_t(int64_t index)> holds_us;     ///< Behind the queue.
  std::function<bool(int64_t index)> loses_feedback;  ///< By its number.
  bool has_feedback = true;
  // What the session sends.
  uint32_t voices = 1;

  void run(int64_t ms) {
    for (const int64_t end_us = now_us + ms * 1000; now_us < end_us; now_us += kStepUs) step();
  }
  /// Runs until then, but at most for this long. Returns the milliseconds that it took.
  int64_t run_until(const std::function<bool()>& is_done, int64_t most_ms) {
    const int64_t begin_us = now_us;
    while (!is_done() && now_us - begin_us < most_ms * 1000) run(5);
    return (now_us - begin_us) / 1000;
  }
  const LinkState& state() const { return estimator.state(); }

  SendLog log;
  Estimator estimator;
  Prober prober;
  int64_t now_us = 10'000'000;
  uint64_t sent = 0, probes = 0;
  std::vector<LinkState> states;  ///< Every 100 ms.

 private:
  static constexpr int64_t kStepUs = 5000;

  void step() {
    for (uint32_t voice = 0; voice < voices; ++voice) {
      if (now_us % 20'000 == 20'000 * voice / voices / kStepUs * kStepUs) send(kVoiceBytes, 0);
    }
    while (const auto probe = prober.poll(now_us, state())) {
      ++probes;
      send(probe->size, probe->cluster);
    }
    if (now_us % 100'000 != 0) return;
    if (has_feedback) report();
    estimator.tick(now_us);
    states.push_back(state());
  }

  void send(uint16_t size, uint8_t cluster) {
    log.add(size, now_us, cluster);
    estimator.on_sent(size, now_us);
    const auto index = static_cast<int64_t>(sent++);
    if (loses && loses(index)) return;
    const bool is_full = free_us_ - now_us > room_ms * 1000;
    if (is_full) return;
    free_us_ = std::max(free_us_, now_us) + int64_t{size} * 8'000'000 / bps;
    arrivals_[index] = free_us_ + way_us + (holds_us ? holds_us(index) : 0);
  }

  /// What has arrived 40 ms ago reaches the server now; as Chromium, from the first that was not
  /// reported yet.
  void report() {
    std::map<int64_t, int64_t> arrived;
    for (const auto& [index, at_us] : arrivals_) {
      if (at_us <= now_us - way_us) arrived[index] = at_us;
    }
    if (arrived.empty()) return;
    const int64_t begin = std::min(reported_end_, arrived.begin()->first);
    Feedback feedback{.base = static_cast<uint16_t>(next_ + begin), .count = count_++};
    for (int64_t index = begin; index <= arrived.rbegin()->first; ++index) {
      const auto found = arrived.find(index);
      feedback.arrivals.push_back(found == arrived.end() ? std::nullopt
                                                         : std::optional(found->second));
    }
    reported_end_ = std::max(reported_end_, arrived.rbegin()->first + 1);
    for (const auto& [index, at_us] : arrived) arrivals_.erase(index);
    if (loses_feedback && loses_feedback(count_)) return;
    const auto body = feedback.body();
    const auto results = log.on_feedback(*parse(body), *room_);
    estimator.on_feedback(results, now_us);
    const auto proof = prober.on_feedback(results, state(), now_us);
    if (proof) estimator.on_proof(*proof, now_us);
  }

  uint16_t next_;
  int64_t free_us_ = 0;
  std::map<int64_t, int64_t> arrivals_;  ///< By the packet's index.
  int64_t reported_end_ = 0;
  uint8_t count_ = 0;
  std::unique_ptr<SendLog::Results> room_ = std::make_unique<SendLog::Results>();
};

}  // namespace veche::rtp::test
