// SPDX-License-Identifier: Apache-2.0
// Compares two tracks: whether one may take the place of the other. Gives the selection its
// hysteresis.
#pragma once

#include <cstdint>

#include "forwarding/voice_activity.hpp"

namespace veche::forwarding {

enum class Phase : uint8_t {
  Silent = 1,  ///< No voice for longer than the hangover.
  Unmeasured,  ///< Sends steadily without levels: may be speaking.
  Tentative,   ///< Voice, but not yet more than an interjection.
  Talking,
};

/// The standing of a track at this tick.
struct Standing {
  Phase phase;
  bool voiced;             ///< Has voice at this tick.
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

/// A talker that has just begun, and goes on, is not interrupted.
bool may_be_interrupted(const Standing& talker) noexcept;

/// Speaks, and is no talker yet: listeners with a slot to spare hear it there.
bool interjects(const Standing& standing) noexcept;

/// Whether to show a participant as speaking: not for a click, but during a pause within the
/// hangover.
bool is_speaking(const Standing& standing) noexcept;

}  // namespace veche::forwarding
