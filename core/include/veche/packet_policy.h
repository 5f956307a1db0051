/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.packet-policy/1": forwards or drops each packet of a route. The core does all
 * rewriting. */
#ifndef VECHE_PACKET_POLICY_H
#define VECHE_PACKET_POLICY_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_PACKET_POLICY "veche.packet-policy/1"

/* The packet arrived before the track was selected and is replayed now, the oldest first. */
#define VECHE_PACKET_PREROLL 0x1u
/* The marker bit of RTP. */
#define VECHE_PACKET_MARKER 0x2u

/* One packet. */
typedef struct veche_packet {
  int64_t arrival_ns; /* monotonic clock */
  uint32_t sequence;  /* the publisher's, extended: it goes on past 65535 */
  uint32_t timestamp; /* the publisher's, in units of the clock rate */
  uint32_t size;      /* of the payload, in bytes */
  uint32_t flags;     /* VECHE_PACKET_*; ignore unknown ones */
  uint8_t level;      /* RFC 6464: 0 is the loudest, 127 is silence or unknown */
  uint8_t reserved[7];
} veche_packet;

/* The route: a track in a slot of a session. */
typedef struct veche_route {
  uint32_t struct_size;
  uint32_t kind; /* VECHE_KIND_* of selector.h */
  uint64_t track;
  uint64_t session;
  uint32_t clock_rate; /* of the timestamps, in Hz */
  uint32_t generation; /* changes each time the slot gets another track */
  int64_t now_ns;      /* monotonic clock */
} veche_route;

/* A verdict is exactly one of these. The host drops the packet for any other value, and counts it
 * as misbehaviour. */
#define VECHE_VERDICT_DROP 1u
#define VECHE_VERDICT_FORWARD 2u

typedef struct veche_packet_policy {
  uint32_t struct_size;
  /* Bytes of state for each route, at most 256. The host zeroes them when the slot gets another
   * track. */
  uint32_t state_size;
  /* [lane] Writes packet_count verdicts. state: state_size bytes, aligned to 16; null if state_size
   * is 0. */
  void (*decide)(veche_plugin* self, void* state, const veche_route* route,
                 const veche_packet* packets, uint32_t packet_count, uint32_t* verdicts);
} veche_packet_policy;

#ifdef __cplusplus
}
#endif
#endif
