/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.controller/1": how much each listener gets, and what publishers should send. */
#ifndef VECHE_CONTROLLER_H
#define VECHE_CONTROLLER_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_CONTROLLER "veche.controller/1"

/* One track that fills a slot of the session. */
typedef struct veche_controlled_route {
  uint64_t track;
  uint64_t participant; /* its publisher */
  uint32_t kind;        /* VECHE_KIND_* of selector.h */
  uint32_t slot;        /* index in the session */
  uint32_t bitrate_bps; /* that is sent on it now, averaged over about a second */
  uint32_t reserved;
} veche_controlled_route;

/* One session that is connected. The memory is the host's and valid during the call. */
typedef struct veche_session_view {
  uint32_t struct_size;
  uint32_t route_count;
  uint64_t session;
  uint64_t participant;
  int64_t now_ns;         /* monotonic */
  uint32_t round_trip_us; /* 0: not known yet */
  uint32_t jitter_us;     /* as the client reports of what it receives */
  float loss_out;         /* 0 to 1: what the client has lost since the last call */
  float loss_in;          /* 0 to 1: what was lost of what the client sent */
  uint32_t bitrate_out_bps, bitrate_in_bps; /* averaged over about a second */
  uint32_t estimate_bps;                    /* what the way to the client can carry; 0: not known */
  uint32_t reserved;
  const veche_controlled_route* routes;
} veche_session_view;

#define VECHE_TARGET_ALL 0u /* everything that the track has */
#define VECHE_TARGET_OFF 1u /* nothing is sent in this slot, until the target is another one */

/* What the session's publisher should send. 0 in a field: whatever the client likes. */
typedef struct veche_publish_hint {
  uint32_t max_bitrate_bps; /* of each audio track */
  uint32_t fec_percent;     /* the loss that in-band FEC should be made for */
} veche_publish_hint;

/* The decision. The host has filled everything with 0. Unknown targets count as misbehaviour and
 * are VECHE_TARGET_ALL. */
typedef struct veche_session_targets {
  uint32_t struct_size;
  uint32_t reserved;
  uint32_t* targets; /* route_count elements, VECHE_TARGET_* */
  veche_publish_hint hint;
} veche_session_targets;

typedef struct veche_controller {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Every 100 ms for each connected session. */
  void (*control)(veche_plugin* self, const veche_session_view* view,
                  veche_session_targets* targets);
  /* [control] The session has ended: nothing more is asked of it. */
  void (*forget)(veche_plugin* self, uint64_t session);
} veche_controller;

#ifdef __cplusplus
}
#endif
#endif
