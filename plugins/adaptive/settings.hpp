// SPDX-License-Identifier: Apache-2.0
// The settings of the plugin, those of the server and those of a room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adaptive/publisher.hpp"

namespace veche::adaptive {

enum class Mode {
  Off,      ///< Everybody gets everything, unprotected.
  Protect,  ///< Redundancy, retransmission and reported loss; nothing is cut and nobody is asked.
  All,
};
const char* name_of(Mode mode);

/// What holds in a room.
struct Policy {
  Mode mode = Mode::All;
  uint8_t max_redundancy = 2;
  float protect_loss = 0.02F;
  uint32_t loss_percentile = 75;
  uint32_t max_queue_us = 50'000;
  float overload = 0.85F;
  Floors floors;
};

/// A room's part: what it does not set is the server's.
struct RoomSettings {
  std::string mode = "server";
  int64_t max_redundancy = 2;
  int64_t min_bitrate_bps = 0, max_bitrate_bps = 0;  ///< 0: the server's.
};

extern const char kConfigSchema[];
extern const char kRoomSchema[];

/// Both take JSON that fits its schema, with defaults filled in. Failure if it is not JSON.
Policy parse_settings(std::string_view json);
RoomSettings parse_room(std::string_view json);
Policy combine(const Policy& server, const RoomSettings& room);

}  // namespace veche::adaptive
