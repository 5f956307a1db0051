// SPDX-License-Identifier: Apache-2.0
// The packet policy: forwards live packets, and those replayed ones that belong to the utterance
// that has just begun.
#pragma once

#include <veche/packet_policy.h>

#include <cstdint>
#include <veche/cpp/strided.hpp>

namespace veche::forwarding {

struct PrerollTuning {
  int64_t length_ns = 0;  ///< Older packets are not replayed; 0: no packets are.
  uint8_t gate_loudness = 0;
};

/// The state of a route; all zero when the slot gets another track.
struct PrerollState {
  uint8_t begun;  ///< The start of the utterance was forwarded.
  uint8_t live;   ///< A live packet was forwarded, so history comes too late.
};

/// `verdicts` has as many elements as `packets`.
void decide(PrerollState& state, const veche_route& route, Strided<const veche_packet> packets,
            const PrerollTuning& tuning, uint32_t* verdicts) noexcept;

}  // namespace veche::forwarding
