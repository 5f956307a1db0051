// SPDX-License-Identifier: Apache-2.0
// Combines the results of a run.
#include "results.hpp"

#include <algorithm>
#include <limits>

#include "base/time.hpp"

namespace veche::load {
namespace {

constexpr int64_t kShouldHearNs = kNsPerS;
/// A participant that joins as a turn begins cannot tell when the turn began.
constexpr int64_t kSettledNs = kNsPerS / 2;
/// More than may be in flight when all leave.
constexpr uint32_t kCutShortFrames = 25;
constexpr int64_t kSameMomentNs = kNsPerS / 10;

double milliseconds(int64_t ns) { return static_cast<double>(ns) / kNsPerMs; }

struct TurnTimes {
  uint32_t turn;
  uint32_t talker;
  uint32_t room;
  int64_t start_ns, end_ns;
  uint32_t frames;
};

std::vector<TurnTimes> all_turns(const std::vector<Outcome>& outcomes) {
  std::vector<TurnTimes> turns;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.talker) continue;
    for (const Talker::SentTurn& sent : outcome.talker->sent_turns()) {
      const int64_t end_ns = sent.started_ns + sent.frames * kFrameMs * kNsPerMs;
      turns.push_back({sent.turn, outcome.index, outcome.room, sent.started_ns,
                       std::min(end_ns, outcome.left_ns), sent.frames});
    }
  }
  return turns;
}

}  // namespace

Joins summarize_joins(const std::vector<Outcome>& outcomes) {
  Joins joins;
  std::vector<double> times_ms;
  int64_t first_ns = std::numeric_limits<int64_t>::max(), last_ns = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.posted_ns != 0 || !outcome.failure.empty()) ++joins.attempted;
    if (outcome.joined) {
      ++joins.joined;
      times_ms.push_back(milliseconds(outcome.connected_ns - outcome.posted_ns));
      first_ns = std::min(first_ns, outcome.posted_ns);
      last_ns = std::max(last_ns, outcome.connected_ns);
    }
    if (outcome.left_early) ++joins.left_early;
    if (outcome.removed) ++joins.removed;
    if (outcome.failure.empty()) continue;
    ++joins.failed;
    if (joins.first_failure.empty()) {
      joins.first_failure = "participant " + std::to_string(outcome.index) + ": " + outcome.failure;
    }
  }
  joins.time_ms = distribution(std::move(times_ms));
  if (last_ns > first_ns) joins.span_ms = milliseconds(last_ns - first_ns);
  return joins;
}

Packets summarize_packets(const std::vector<Outcome>& outcomes) {
  Packets sum;
  for (const Outcome& outcome : outcomes) {
    const Receiver& receiver = *outcome.receiver;
    sum.received += receiver.packets;
    sum.lost += receiver.lost();
    sum.duplicates += receiver.duplicates;
    sum.foreign += receiver.foreign;
    sum.not_rtp += receiver.not_rtp;
    sum.own += receiver.own_packets;
    sum.strange += receiver.strange;
    sum.source_errors += receiver.source_errors;
    sum.slot_switches += receiver.switches;
    sum.socket_drops += receiver.socket_drops;
  }
  sum.expected = sum.received + sum.lost;
  return sum;
}

Told summarize_told(const std::vector<Outcome>& outcomes) {
  Told sum;
  for (const Outcome& outcome : outcomes) {
    const FeedbackCounts& told = outcome.receiver->told;
    sum.reports += told.reports.value();
    sum.nacks += told.nacks.value();
    sum.transport_cc += told.transport_cc.value();
  }
  return sum;
}

Hearing summarize_hearing(const std::vector<Outcome>& outcomes) {
  Hearing hearing;
  std::vector<double> onsets_ms, cuts_ms;
  const std::vector<TurnTimes> turns = all_turns(outcomes);
  for (const Outcome& listener : outcomes) {
    if (!listener.joined) continue;
    for (const TurnTimes& turn : turns) {
      if (turn.talker == listener.index || turn.room != listener.room) continue;
      const HeardTurn& heard = listener.receiver->turns()[turn.turn];
      hearing.missing_frames += heard.missing();
      const int64_t together_ns =
          std::min(turn.end_ns, listener.left_ns) - std::max(turn.start_ns, listener.connected_ns);
      if (together_ns < kShouldHearNs) continue;
      ++hearing.expected;
      if (heard.first_arrival_ns == 0) {
        ++hearing.unheard;
        continue;
      }
      const bool stayed = listener.left_ns >= turn.end_ns - kSameMomentNs;
      if (stayed && heard.last_frame + kCutShortFrames < turn.frames) ++hearing.cut_short;
      if (listener.connected_ns + kSettledNs < turn.start_ns) {
        onsets_ms.push_back(milliseconds(heard.first_arrival_ns - turn.start_ns));
        cuts_ms.push_back(static_cast<double>(heard.first_frame) * kFrameMs);
      }
    }
  }
  hearing.onset_ms = distribution(std::move(onsets_ms));
  hearing.cut_ms = distribution(std::move(cuts_ms));
  return hearing;
}

Distribution summarize_latency(const std::vector<Outcome>& outcomes) {
  std::vector<const Histogram*> histograms;
  histograms.reserve(outcomes.size());
  for (const Outcome& outcome : outcomes) histograms.push_back(&outcome.receiver->latency);
  return merged(histograms);
}

}  // namespace veche::load
