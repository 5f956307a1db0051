// SPDX-License-Identifier: Apache-2.0
// The schemas, and reading JSON that fits them.
#include "adaptive/settings.hpp"

#include <algorithm>
#include <veche/cpp/json.hpp>

namespace veche::adaptive {

const char kConfigSchema[] = R"({
  "type": "object",
  "properties": {
    "mode": {
      "type": "string", "enum": ["off", "protect", "all"], "default": "all",
      "description": "protect: redundancy, retransmission and reported loss, but no slot is cut and no publisher is asked for less. off: everybody gets everything, unprotected. A room may choose another."
    },
    "max_redundancy": {
      "type": "integer", "minimum": 0, "maximum": 2, "default": 2,
      "description": "How many packets before it a packet repeats at most, for a listener that loses packets."
    },
    "protect_loss_percent": {
      "type": "integer", "minimum": 1, "maximum": 20, "default": 2,
      "description": "From this loss on a listener gets redundancy, until 15 s after it has been below half of it."
    },
    "loss_percentile": {
      "type": "integer", "minimum": 0, "maximum": 99, "default": 75,
      "description": "A publisher's encoder prepares for the loss that this many percent of its listeners do not exceed."
    },
    "min_bitrate_bps": {
      "type": "integer", "minimum": 6000, "maximum": 128000, "default": 16000,
      "description": "No publisher is asked for less."
    },
    "max_bitrate_bps": {
      "type": "integer", "minimum": 0, "maximum": 510000, "default": 0,
      "description": "Every publisher is asked for no more. 0: no limit."
    },
    "max_queue_ms": {
      "type": "integer", "minimum": 20, "maximum": 1000, "default": 50,
      "description": "A queue on the way to a listener that is longer than this for 200 ms is congestion."
    },
    "overload_percent": {
      "type": "integer", "minimum": 50, "maximum": 90, "default": 85,
      "description": "At this load of a lane its listeners get no redundancy any more; 5 % above no retransmissions, 10 % above one slot each in the largest rooms."
    }
  }
})";

const char kRoomSchema[] = R"({
  "type": "object",
  "properties": {
    "mode": {
      "type": "string", "enum": ["server", "off", "protect", "all"], "default": "server",
      "description": "As the server's setting; server: the same as that."
    },
    "max_redundancy": {
      "type": "integer", "minimum": 0, "maximum": 2, "default": 2,
      "description": "At most this, and at most what the server allows."
    },
    "min_bitrate_bps": {
      "type": "integer", "minimum": 0, "maximum": 128000, "default": 0,
      "description": "No publisher is asked for less. 0: as the server's setting."
    },
    "max_bitrate_bps": {
      "type": "integer", "minimum": 0, "maximum": 510000, "default": 0,
      "description": "Every publisher is asked for no more. 0: as the server's setting."
    }
  }
})";

namespace {

Mode mode_of(const std::string& word, Mode otherwise) {
  for (const Mode mode : {Mode::Off, Mode::Protect, Mode::All}) {
    if (word == name_of(mode)) return mode;
  }
  return otherwise;
}

float part_of(int64_t percent) { return static_cast<float>(percent) / 100; }

}  // namespace

const char* name_of(Mode mode) {
  switch (mode) {
    case Mode::Off: return "off";
    case Mode::Protect: return "protect";
    case Mode::All: break;
  }
  return "all";
}

Policy parse_settings(std::string_view text) {
  const Json json = Json::parse_object(text, "the settings");
  Policy policy;
  policy.mode = mode_of(json.get<std::string>("mode", "all"), Mode::All);
  policy.max_redundancy = static_cast<uint8_t>(json.get<int64_t>("max_redundancy", 2));
  policy.protect_loss = part_of(json.get<int64_t>("protect_loss_percent", 2));
  policy.loss_percentile = static_cast<uint32_t>(json.get<int64_t>("loss_percentile", 75));
  policy.max_queue_us = static_cast<uint32_t>(json.get<int64_t>("max_queue_ms", 50) * 1000);
  policy.overload = part_of(json.get<int64_t>("overload_percent", 85));
  policy.floors.min_bitrate_bps =
      static_cast<uint32_t>(json.get<int64_t>("min_bitrate_bps", 16'000));
  policy.floors.max_bitrate_bps = static_cast<uint32_t>(json.get<int64_t>("max_bitrate_bps", 0));
  policy.floors.least_loss = policy.protect_loss;
  policy.floors.may_hint = policy.mode == Mode::All;
  return policy;
}

RoomSettings parse_room(std::string_view text) {
  const Json json = Json::parse_object(text, "the settings");
  return {json.get<std::string>("mode", "server"), json.get<int64_t>("max_redundancy", 2),
          json.get<int64_t>("min_bitrate_bps", 0), json.get<int64_t>("max_bitrate_bps", 0)};
}

Policy combine(const Policy& server, const RoomSettings& room) {
  Policy policy = server;
  policy.mode = mode_of(room.mode, server.mode);
  policy.floors.may_hint = policy.mode == Mode::All;
  policy.max_redundancy =
      std::min(server.max_redundancy, static_cast<uint8_t>(room.max_redundancy));
  if (room.min_bitrate_bps > 0)
    policy.floors.min_bitrate_bps = static_cast<uint32_t>(room.min_bitrate_bps);
  if (room.max_bitrate_bps > 0)
    policy.floors.max_bitrate_bps = static_cast<uint32_t>(room.max_bitrate_bps);
  return policy;
}

}  // namespace veche::adaptive
