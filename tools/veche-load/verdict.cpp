// SPDX-License-Identifier: Apache-2.0
// Judges a run.
#include "verdict.hpp"

#include <cstdio>

namespace veche::load {
namespace {

/// One packet in a hundred a whole frame late: the requested talk did not take place.
constexpr double kMaxLateP99Ms = 20;
/// After a single stall of this length the generator sends ten packets of each participant at once,
/// and a server may lose some of such a burst. If nothing is missing, the stall did no harm.
constexpr double kStallMs = 200;

void judge_packets(const Options& options, const Results& r, std::vector<std::string>& found) {
  const auto complain = [&found](uint64_t count, const char* what) {
    if (count != 0) found.push_back(std::to_string(count) + " " + what);
  };
  complain(r.joins.removed, "participants were removed by the server");
  complain(r.packets.send_failures, "packets could not be sent");
  complain(r.packets.lost, "packets were lost");
  complain(r.packets.duplicates, "packets came twice");
  complain(r.packets.not_rtp, "packets were not RTP of a slot");
  complain(r.packets.own, "packets went back to their sender");
  complain(r.packets.strange, "packets came from another room");
  complain(r.packets.source_errors, "packets had a wrong source");
  if (options.talkers > options.slots) return;  // Then some talkers have no slot.
  complain(r.hearing.missing_frames, "frames were missing within turns");
  complain(r.hearing.unheard, "times a listener did not hear a turn at all");
  complain(r.hearing.cut_short, "times the end of a turn was not heard");
}

/// The generator's fault, regardless of losses; empty: none.
std::string generator_fault(const Results& r, bool missing) {
  char text[200];
  const Distribution& late = r.lateness_ms;
  if (r.packets.socket_drops != 0) {
    snprintf(text, sizeof text, "the generator read too late: its sockets refused %llu packets",
             static_cast<unsigned long long>(r.packets.socket_drops));
  } else if (late.p99 > kMaxLateP99Ms || (late.max > kStallMs && missing)) {
    snprintf(text, sizeof text, "the generator was late: p99 %.1f ms, at most %.1f ms", late.p99,
             late.max);
  } else {
    return {};
  }
  return std::string(text) +
         ". The machine is too slow or too busy for this load: the run does not judge the server";
}

}  // namespace

Verdict judge(const Options& options, const Results& r) {
  Verdict verdict;
  std::vector<std::string>& found = verdict.shortcomings;
  if (r.joins.failed != 0) found.push_back(std::to_string(r.joins.failed) + " participants failed");
  if (options.participants > r.joins.attempted) {
    found.push_back(std::to_string(options.participants - r.joins.attempted) +
                    " participants never tried to join");
  }
  if (!options.expect_no_loss) return verdict;
  judge_packets(options, r, found);
  const std::string fault = generator_fault(r, !found.empty());
  verdict.generator_late = !fault.empty();
  if (verdict.generator_late) found.insert(found.begin(), fault);
  return verdict;
}

}  // namespace veche::load
