/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.controller/1": decides how much each listener gets, and what publishers should
 * send. */
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
  uint32_t bitrate_bps; /* sent on it now, averaged over about a second */
  uint32_t reserved;
} veche_controlled_route;

/* One connected session. The host owns the memory, which is valid during the call. */
typedef struct veche_session_view {
  uint32_t struct_size;
  uint32_t route_count;
  uint64_t session;
  uint64_t participant;
  int64_t now_ns;         /* monotonic clock */
  uint32_t round_trip_us; /* 0: not known yet */
  uint32_t jitter_us;     /* of the packets that the client receives, as it reports */
  float loss_out; /* 0 to 1: share that the client has not received, by its newest reports */
  float loss_in;  /* 0 to 1: share of the client's packets that did not arrive, likewise */
  uint32_t bitrate_out_bps, bitrate_in_bps; /* averaged over about a second */
  uint32_t estimate_bps;                    /* capacity of the path to the client; 0: not known */
  uint32_t reserved;
  const veche_controlled_route* routes; /* route_count elements */
} veche_session_view;

/* The slot gets everything that the track has. */
#define VECHE_TARGET_ALL 0u
/* The slot gets nothing until its target changes. */
#define VECHE_TARGET_OFF 1u

/* What the session's client should send. 0 in a field leaves the choice to the client. */
typedef struct veche_publish_hint {
  uint32_t max_bitrate_bps; /* of each audio track */
  uint32_t fec_percent;     /* the loss, in percent, that in-band FEC should cover */
} veche_publish_hint;

/* The decision. The host fills everything with 0. It treats an unknown target as VECHE_TARGET_ALL,
 * and counts it as misbehaviour. */
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
  /* [control] The session has ended, and control() is not called for it any more. */
  void (*forget)(veche_plugin* self, uint64_t session);
} veche_controller;

#ifdef __cplusplus
}
#endif
#endif
