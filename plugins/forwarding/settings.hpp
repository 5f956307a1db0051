// SPDX-License-Identifier: Apache-2.0
// The settings of the plugin: their ranges, and which of them a room may override.
#pragma once

#include <cstdint>

namespace veche::forwarding {

struct Settings {
  int32_t max_speakers = 3;
  int32_t noise_gate_dbov = -60;
  int32_t hangover_ms = 500;
  int32_t preroll_ms = 300;
  int32_t slots_per_participant = 1;
};

/// One integer setting. A test compares the ranges with those of the configuration's schema.
struct SettingSpec {
  const char* key;
  int32_t Settings::*member;
  int32_t minimum, maximum;
  bool per_room;  ///< A room may override it.
};

inline constexpr SettingSpec kSettingSpecs[] = {
    {"max_speakers", &Settings::max_speakers, 1, 16, true},
    {"noise_gate_dbov", &Settings::noise_gate_dbov, -90, -20, true},
    {"hangover_ms", &Settings::hangover_ms, 200, 2000, true},
    {"preroll_ms", &Settings::preroll_ms, 0, 400, false},
    {"slots_per_participant", &Settings::slots_per_participant, 1, 4, true},
};

/// The JSON Schema of the plugin's configuration.
extern const char kConfigSchema[];
/// That of what a room overrides. It has no defaults: those are the configuration's.
extern const char kRoomSchema[];

}  // namespace veche::forwarding
