// SPDX-License-Identifier: Apache-2.0
// The schema of what the configuration says of voice and rooms.
#include "main/config_sections.hpp"

namespace veche::main {

std::string media_section() {
  return R"json({
  "type": "object", "default": {}, "description": "How voice travels.",
  "properties": {
    "addresses": {
      "type": "array", "maxItems": 16, "items": { "type": "string" },
      "default": ["127.0.0.1"], "examples": [["203.0.113.7"]],
      "description": "Local IP addresses to send and receive media on, each once. Empty: all but loopback. `0.0.0.0` or `::` only if `external_addresses` has the address that clients use."
    },
    "ports": {
      "type": "array", "minItems": 2, "maxItems": 2,
      "items": { "type": "integer", "minimum": 1024, "maximum": 65535 },
      "default": [40000, 40999],
      "description": "The first and the last UDP port for media. The `wire` path takes the first free ones at start, one for each lane, the same on every address; on the `pipeline` path a participant takes one port on every address."
    },
    "path": {
      "type": "string", "enum": ["wire", "pipeline"], "default": "wire",
      "description": "How packets travel between the network and the server's lanes, unless a room says otherwise: `wire` is through one UDP port for each lane (ICE-Lite), `pipeline` through GStreamer's own elements, at several times the cost."
    },
    "external_addresses": {
      "type": "object", "default": {}, "additionalProperties": { "type": "string" }, "examples": [{"10.0.0.5": "203.0.113.7"}],
      "description": "For a server behind a NAT that maps its addresses one to one: the address that clients use, by the local address. For the `wire` path."
    },
    "peer_timeout_s": {
      "type": "integer", "minimum": 3, "maximum": 3600, "default": 15,
      "description": "The server removes a participant from which nothing at all has arrived for this many seconds."
    },
    "lanes": {
      "type": "integer", "minimum": 0, "maximum": 64, "default": 0,
      "description": "Threads that forward packets. 0: one for each processor, 64 at most."
    },
    "without_selector": {
      "type": "string", "enum": ["everybody", "nobody"], "default": "everybody",
      "description": "The participants that are heard in rooms without a selector plugin, because none is configured, it is disabled, or it fails for that room: `everybody`, first come, first served, or `nobody`, for a plugin that decides who may be heard at all."
    },
    "dscp": {
      "type": "integer", "minimum": 0, "maximum": 63, "default": 46,
      "description": "Marks the packets that the server sends, where the host allows it, so that networks may prefer voice (RFC 8837). 46 is Expedited Forwarding. 0: no mark."
    },
    "ice_servers": {
      "type": "array", "maxItems": 16, "default": [],
      "description": "STUN and TURN servers that the server announces to clients.",
      "items": {
        "type": "object", "required": ["urls"],
        "properties": {
          "urls": {
            "type": "array", "minItems": 1, "maxItems": 16, "items": { "type": "string" },
            "examples": [["turn:turn.example.org:3478"]],
            "description": "`stun:`, `stuns:`, `turn:` or `turns:` URIs."
          },
          "secret": {
            "type": "string", "maxLength": 512, "default": "", "writeOnly": true, "examples": ["${VECHE_TURN_SECRET}"],
            "description": "The secret shared with the TURN server, or `${NAME}`. The server makes credentials that expire from it, for each client. Empty: no credentials."
          }
        }
      }
    }
  }
})json";
}

std::string rooms_section() {
  return R"json({
  "type": "object", "default": {}, "description": "Limits of rooms.",
  "properties": {
    "auto_create": {
      "type": "boolean", "default": true,
      "description": "Whether the server makes a room when the first participant with the right to join it arrives."
    },
    "max_rooms": {
      "type": "integer", "minimum": 1, "maximum": 100000, "default": 1000,
      "description": "Rooms at the same time."
    },
    "max_participants": {
      "type": "integer", "minimum": 1, "maximum": 10000, "default": 200,
      "description": "Participants of one room. A room may ask for fewer, not for more."
    },
    "empty_timeout_s": {
      "type": "integer", "minimum": 0, "maximum": 604800, "default": 60,
      "description": "A room without participants ends after this many seconds, unless its policy says otherwise. 0: it lives until it is deleted."
    },
    "audio_packets_per_s": {
      "type": "integer", "minimum": 10, "maximum": 2000, "default": 100,
      "description": "Packets a second that one audio track may send, unless its room's policy says otherwise; the server drops and counts more. A burst of two seconds is let through."
    },
    "audio_bitrate_bps": {
      "type": "integer", "minimum": 16000, "maximum": 100000000, "default": 400000,
      "description": "Bits a second of the same, RTP headers included."
    },
    "max_audio_slots": {
      "type": "integer", "minimum": 0, "maximum": 64, "default": 16,
      "description": "Audio slots that one session may have: it receives at most this many voices at once."
    },
    "max_video_slots": {
      "type": "integer", "minimum": 0, "maximum": 64, "default": 25,
      "description": "Video slots that one session may have. Without effect in this version, which refuses video sections."
    }
  }
})json";
}

}  // namespace veche::main
