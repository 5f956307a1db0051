// SPDX-License-Identifier: Apache-2.0
// A path, the flows that share it, and what a run of it shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bottleneck.hpp"
#include "media_flow.hpp"
#include "propagation.hpp"

namespace veche::simulation {

inline constexpr int64_t kUsPerS = 1'000'000;

struct TcpModel {
  int64_t from_us = 0;
  uint64_t bytes = 0;  ///< 0: endless.
};

struct Scenario {
  std::string name;
  int64_t duration_s = 60;
  BottleneckModel bottleneck = {};
  PropagationModel propagation = {};
  std::vector<MediaModel> media = {MediaModel{}};
  std::vector<int64_t> extra_delays_ms = {};  ///< By media flow, on the way to its client.
  std::vector<TcpModel> tcp = {};
};

/// Of the first media flow, but for the loss of the link's start.
struct Figures {
  int64_t notice_ms = 0;    ///< The longest time from a fall until what is sent fits; 0: no fall.
  int64_t find_ms = 0;      ///< The longest time from a rise until it is used; 0: no rise.
  bool is_stuck = false;    ///< A fall or a rise was never answered before the next.
  double use = 0;           ///< Of what would fit, of what is wanted; the mean.
  double queue_p95_ms = 0;  ///< Waiting time at the bottleneck.
  double loss = 0;          ///< Of its packets.
  double probes = 0;        ///< Part of its bytes.
  uint32_t changes = 0;     ///< Of the number of voices.
};

struct Run {
  std::vector<Figures> figures;              ///< By media flow.
  std::vector<std::vector<Sample>> samples;  ///< Likewise.
};

/// The same scenario and seed give the same run.
Run run(const Scenario& scenario, uint32_t seed = 1);

}  // namespace veche::simulation
