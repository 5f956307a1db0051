// SPDX-License-Identifier: Apache-2.0
// Who may take whose place: the comparison of two tracks that gives the selection its hysteresis.
#pragma once

#include <cstdint>

#include "forwarding/voice_activity.hpp"

namespace veche::forwarding {

enum class Phase : uint8_t {
  Silent = 1,  ///< No voice for longer than the hangover.
  Unmeasured,  ///< Sends steadily and without levels: may be speaking.
  Tentative,   ///< Voice, but no more yet than an interjection has.
  Talking,
};

/// How a track stands at this tick.
struct Standing {
  Phase phase;
  bool voiced;             ///< Voice just now.
  int64_t silent_ns;       ///< Since the last voice.
  int64_t talking_for_ns;  ///< Since the track became a talker.
  float evidence_ms, long_activity;
  float strength;  ///< Orders tracks: the weakest place is taken first, the strongest challenger
                   ///< comes first.
};

Standing standing_of(const VoiceActivity& voice, bool has_levels, int64_t now_ns,
                     const Tuning& tuning) noexcept;

/// True if `challenger` may have the place of `holder`.
bool takes_over(const Standing& challenger, const Standing& holder) noexcept;

/// Whether to show somebody as speaking: a click does not, a pause within the hangover does.
bool is_speaking(const Standing& standing) noexcept;

}  // namespace veche::forwarding
