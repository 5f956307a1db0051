/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.packet-policy/1": for each packet of one route, forward or drop. The core does
 * all rewriting. */
#ifndef VECHE_PACKET_POLICY_H
#define VECHE_PACKET_POLICY_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_PACKET_POLICY "veche.packet-policy/1"

#define VECHE_PACKET_PREROLL \
  0x1u /* arrived before the track was selected, replayed now, oldest first */
#define VECHE_PACKET_MARKER 0x2u /* the marker bit of RTP */

/* One packet in numbers. */
typedef struct veche_packet {
  int64_t arrival_ns; /* monotonic clock */
  uint32_t sequence;  /* of the publisher, extended: counts on past 65535 */
  uint32_t timestamp;
  uint32_t size;  /* bytes of payload */
  uint32_t flags; /* VECHE_PACKET_*; ignore those you do not know */
  uint8_t level;  /* RFC 6464: 0 loudest, 127 silence or unknown */
  uint8_t reserved[7];
} veche_packet;

/* What the route is for. generation changes each time the slot gets another track. */
typedef struct veche_route {
  uint32_t struct_size;
  uint32_t kind; /* VECHE_KIND_* of selector.h */
  uint64_t track;
  uint64_t session;
  uint32_t clock_rate;
  uint32_t generation;
  int64_t now_ns;
} veche_route;

/* Verdicts: exactly one of these, and flags may be added later. Any other value counts as
 * misbehaviour and drops. */
#define VECHE_VERDICT_DROP 1u
#define VECHE_VERDICT_FORWARD 2u

typedef struct veche_packet_policy {
  uint32_t struct_size;
  uint32_t state_size; /* bytes of state per route, zeroed by the host when the slot gets another
                          track; <= 256 */
  /* [lane] One verdict per packet. state: state_size bytes, aligned to 16, or null if state_size is
   * 0. */
  void (*decide)(veche_plugin* self, void* state, const veche_route* route,
                 const veche_packet* packets, uint32_t packet_count, uint32_t* verdicts);
} veche_packet_policy;

#ifdef __cplusplus
}
#endif
#endif
