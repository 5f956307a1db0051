// SPDX-License-Identifier: Apache-2.0
// The results of a run, combined from those of each participant. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bare_loop.hpp"
#include "histogram.hpp"
#include "process_stats.hpp"
#include "receiver.hpp"
#include "talker.hpp"

namespace veche::load {

/// The actions of one participant, and the packets that it heard.
struct Outcome {
  uint32_t index = 0;
  uint32_t room = 0;
  bool joined = false;
  bool left_early = false;  ///< On purpose, before it had joined.
  bool removed = false;     ///< By the server: the session was unknown when the participant left.
  std::string failure;      ///< Empty: none.
  int64_t posted_ns = 0;
  int64_t connected_ns = 0;
  int64_t left_ns = 0;
  const Receiver* receiver = nullptr;
  const Talker* talker = nullptr;  ///< Null: it never sent.
};

struct Joins {
  uint32_t attempted = 0, joined = 0, left_early = 0, removed = 0, failed = 0;
  std::string first_failure;
  Distribution time_ms;  ///< From the POST to the DTLS connection.
  double span_ms = 0;    ///< From the first POST to the last connection.
};

struct Packets {
  uint64_t sent = 0, send_failures = 0;
  uint64_t received = 0, expected = 0, lost = 0, duplicates = 0, foreign = 0, not_rtp = 0;
  uint64_t own = 0, strange = 0, source_errors = 0, slot_switches = 0;
  uint64_t socket_drops = 0;  ///< On the generator's own sockets.
};

/// The feedback of the direct path's clients to the server.
struct Told {
  uint64_t reports = 0, nacks = 0, transport_cc = 0;
};

/// How listeners heard turns. One entry for each listener and turn.
struct Hearing {
  uint64_t expected = 0;  ///< The listener was present for a second of it or longer.
  uint64_t unheard = 0;   ///< Of these: no packet arrived.
  /// Half a second or more of the end did not reach a listener that was present.
  uint64_t cut_short = 0;
  uint64_t missing_frames = 0;  ///< Between the first and the last frame that arrived.
  /// First packet sent to first packet heard, for listeners present before the turn.
  Distribution onset_ms;
  Distribution cut_ms;  ///< The missing part of the start, for the same listeners.
};

struct ServerUse {
  double cpu_us_per_packet = 0;  ///< Of those forwarded during the talk.
  double cpu_ms_per_join = 0;    ///< While all joined, and for whatever else it did then.
  double cores = 0;
  ProcessStats before, peak, after;
};

struct Results {
  Joins joins;
  Packets packets;
  Told told;
  Distribution latency_ms;  ///< Since all had joined.
  Hearing hearing;
  double measured_s = 0;
  Distribution lateness_ms;  ///< Of the generator's thread, during the talk.
  double generator_cores = 0;
  std::optional<ServerUse> server;
  std::optional<BareLoop> bare_loop;
};

Joins summarize_joins(const std::vector<Outcome>& outcomes);
Packets summarize_packets(const std::vector<Outcome>& outcomes);
Told summarize_told(const std::vector<Outcome>& outcomes);
Hearing summarize_hearing(const std::vector<Outcome>& outcomes);
Distribution summarize_latency(const std::vector<Outcome>& outcomes);

}  // namespace veche::load
