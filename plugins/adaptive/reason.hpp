// SPDX-License-Identifier: Apache-2.0
// What a decision follows, as operators read it.
#pragma once

#include <array>
#include <cstdint>

namespace veche::adaptive {

/// Indices into kReasons.
enum class Reason : uint32_t {
  None,
  Loss,
  Congestion,
  Overload,
  Delay,
  ListenerLoss,
  ListenerCongestion,
  Ceiling,
};

inline constexpr std::array<const char*, 8> kReasons{
    "",      "loss",          "congestion",          "overload",
    "delay", "listener-loss", "listener-congestion", "ceiling"};

constexpr uint32_t index_of(Reason reason) { return static_cast<uint32_t>(reason); }

}  // namespace veche::adaptive
