/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.packet-policy/2": forwards or drops each packet of a route. The core does all
 * rewriting. */
#ifndef VECHE_PACKET_POLICY_H
#define VECHE_PACKET_POLICY_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_PACKET_POLICY "veche.packet-policy/2"

/* The packet arrived before the track was selected and is replayed now, the oldest first. */
#define VECHE_PACKET_PREROLL 0x1u
/* The marker bit of RTP. */
#define VECHE_PACKET_MARKER 0x2u
/* The first and the last packet of a frame; each packet of voice is both. */
#define VECHE_PACKET_FRAME_START 0x4u
#define VECHE_PACKET_FRAME_END 0x8u
/* Of a frame that is decoded without earlier ones, as each frame of voice is. */
#define VECHE_PACKET_KEY_FRAME 0x10u

/* One packet. */
typedef struct veche_packet {
  int64_t arrival_ns; /* monotonic clock */
  uint32_t sequence;  /* the publisher's, extended: it goes on past 65535 */
  uint32_t timestamp; /* the publisher's, in units of the clock rate */
  uint32_t size;      /* of the payload, in bytes */
  uint32_t flags;     /* VECHE_PACKET_*; ignore unknown ones */
  uint8_t level;      /* RFC 6464: 0 is the loudest, 127 is silence or unknown */
  uint8_t reserved[5];
  uint16_t layer; /* index of the track's layer, the lowest is 0; of voice, which has none: 0 */
} veche_packet;

/* The route: a track in a slot of a session. The policy is not asked about a slot that is off. */
typedef struct veche_route {
  uint32_t struct_size;
  uint32_t kind; /* VECHE_KIND_* of selector.h */
  uint64_t track;
  uint64_t session;
  uint32_t clock_rate;  /* of the timestamps, in Hz */
  uint32_t generation;  /* changes each time the slot gets another track */
  int64_t now_ns;       /* monotonic clock */
  uint32_t target;      /* VECHE_TARGET_* of controller.h; of voice: VECHE_TARGET_ALL */
  uint32_t layer_count; /* of the track; of voice, which has none: 0 */
  /* The number that the plugin gave the track's participant (veche_rooms), as in veche_candidate;
   * 0: none. Only the plugin that selects gives any, so a policy without a selector sees 0. */
  uint64_t publisher_tag;
  uint64_t listener_tag; /* likewise of the session's participant, as in veche_listener */
} veche_route;

/* A verdict is exactly one of these. The host drops the packet for any other value, and counts it
 * as misbehaviour. Video will need 3, to forward the packet as the first of another layer, and
 * 0x100 added to a verdict, to ask the publisher for a key frame: do not use them for anything
 * else. */
#define VECHE_VERDICT_DROP 1u
#define VECHE_VERDICT_FORWARD 2u

typedef struct veche_packet_policy {
  uint32_t struct_size;
  /* Bytes of state for each route, at most 256. The host zeroes them when the slot gets another
   * track. */
  uint32_t state_size;
  /* [lane] Writes packet_count verdicts. packets are packet_stride bytes apart; see VECHE_AT.
   * state: state_size bytes, aligned to 16; null if state_size is 0. */
  void (*decide)(veche_plugin* self, void* state, const veche_route* route,
                 const veche_packet* packets, uint32_t packet_count, uint32_t packet_stride,
                 uint32_t* verdicts);
} veche_packet_policy;

#ifdef __cplusplus
}
#endif
#endif
