// SPDX-License-Identifier: Apache-2.0
// The schemas of the settings.
#include "forwarding/settings.hpp"

namespace veche::forwarding {

const char kConfigSchema[] = R"({
  "type": "object",
  "properties": {
    "max_speakers": {
      "type": "integer", "minimum": 1, "maximum": 16, "default": 3,
      "description": "How many talkers each listener hears at once, and in a slot more, if it has one, an interjection. A participant may have a limit of its own."
    },
    "noise_gate_dbov": {
      "type": "integer", "minimum": -90, "maximum": -20, "default": -60,
      "description": "Audio below this level (RFC 6464, dBov) is never speech, whatever the noise floor."
    },
    "hangover_ms": {
      "type": "integer", "minimum": 200, "maximum": 2000, "default": 500,
      "description": "A speaker who pauses for no longer than this still counts as speaking."
    },
    "preroll_ms": {
      "type": "integer", "minimum": 0, "maximum": 400, "default": 300,
      "description": "How much of a new speaker's audio from before the selection is replayed; 0: none. Holds for the whole server."
    },
    "slots_per_participant": {
      "type": "integer", "minimum": 1, "maximum": 4, "default": 1,
      "description": "How many tracks of one participant a listener hears at once: the strongest."
    }
  }
})";

const char kRoomSchema[] = R"({
  "type": "object",
  "properties": {
    "max_speakers": {
      "type": "integer", "minimum": 1, "maximum": 16,
      "description": "How many talkers each listener hears at once, and in a slot more, if it has one, an interjection."
    },
    "noise_gate_dbov": {
      "type": "integer", "minimum": -90, "maximum": -20,
      "description": "Audio below this level (RFC 6464, dBov) is never speech."
    },
    "hangover_ms": {
      "type": "integer", "minimum": 200, "maximum": 2000,
      "description": "A speaker who pauses for no longer than this still counts as speaking."
    },
    "slots_per_participant": {
      "type": "integer", "minimum": 1, "maximum": 4,
      "description": "How many tracks of one participant a listener hears at once."
    }
  }
})";

}  // namespace veche::forwarding
