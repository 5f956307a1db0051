// SPDX-License-Identifier: Apache-2.0
// Plans the turns of a run.
#include "schedule.hpp"

#include <algorithm>
#include <random>

namespace veche::load {
namespace {

class Planner {
 public:
  explicit Planner(const SchedulePlan& plan)
      : plan_(plan), random_(plan.seed), busy_until_(plan.participants, 0) {}

  std::vector<Turn> plan() {
    const uint32_t places = std::min(plan_.talkers, plan_.participants);
    if (plan_.pattern == Pattern::Fixed) {
      for (uint32_t i = 0; i < places; ++i) turns_.push_back({i, 0, plan_.duration_ms});
      return std::move(turns_);
    }
    // Turns change one after the other, as in real talk.
    std::vector<int64_t> free_at(places);
    for (uint32_t i = 0; i < places; ++i) free_at[i] = plan_.turn_ms * i / places;
    while (places > 0) {
      const auto place = std::min_element(free_at.begin(), free_at.end());
      const int64_t start_ms = *place;
      if (start_ms >= plan_.duration_ms) break;
      const int64_t end_ms = std::min(start_ms + length(plan_.turn_ms), plan_.duration_ms);
      const uint32_t talker = next_talker(start_ms);
      busy_until_[talker] = end_ms;
      turns_.push_back({talker, start_ms, end_ms});
      *place = end_ms + length(plan_.pause_ms);
    }
    return std::move(turns_);
  }

 private:
  int64_t length(int64_t typical_ms) {
    if (plan_.pattern != Pattern::Random || typical_ms <= 1) return typical_ms;
    return std::uniform_int_distribution<int64_t>(typical_ms / 2, typical_ms * 3 / 2)(random_);
  }

  /// There are never more turns than participants, so one is free.
  uint32_t next_talker(int64_t now_ms) {
    uint32_t talker = next_;
    if (plan_.pattern == Pattern::Random) {
      talker = std::uniform_int_distribution<uint32_t>(0, plan_.participants - 1)(random_);
    }
    while (busy_until_[talker] > now_ms) talker = (talker + 1) % plan_.participants;
    next_ = (talker + 1) % plan_.participants;
    return talker;
  }

  const SchedulePlan& plan_;
  std::mt19937 random_;
  std::vector<int64_t> busy_until_;
  std::vector<Turn> turns_;
  uint32_t next_ = 0;
};

}  // namespace

std::vector<Turn> make_turns(const SchedulePlan& plan) { return Planner(plan).plan(); }

}  // namespace veche::load
