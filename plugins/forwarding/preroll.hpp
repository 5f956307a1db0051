// SPDX-License-Identifier: Apache-2.0
// The packet policy: live packets go, and of replayed ones those that belong to the utterance which
// has just begun.
#pragma once

#include <veche/packet_policy.h>

#include <cstdint>
#include <span>

namespace veche::forwarding {

struct PrerollTuning {
  int64_t length_ns = 0;  ///< Older packets are not replayed; 0: none is.
  uint8_t gate_loudness = 0;
};

/// A route's memory; all zero when the slot has got a new track.
struct PrerollState {
  uint8_t begun;  ///< The start of the utterance was forwarded.
  uint8_t live;   ///< A live packet was forwarded: history would come too late now.
};

/// `verdicts` has as many elements as `packets`.
void decide(PrerollState& state, const veche_route& route, std::span<const veche_packet> packets,
            const PrerollTuning& tuning, uint32_t* verdicts) noexcept;

}  // namespace veche::forwarding
