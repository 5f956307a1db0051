/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.controller/2": decides how much each listener gets, how it is protected against
 * loss, and what publishers should send. The core measures, executes, limits and guards. */
#ifndef VECHE_CONTROLLER_H
#define VECHE_CONTROLLER_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Decides about everything. */
#define VECHE_EXT_CONTROLLER "veche.controller/2"
/* Decides about the routes and tracks of audio, and is shown no others. */
#define VECHE_EXT_AUDIO_CONTROLLER "veche.audio-controller/2"
/* Decides about the routes and tracks of video, and is shown no others. */
#define VECHE_EXT_VIDEO_CONTROLLER "veche.video-controller/2"

/* One layer of a track that is sent in several qualities, the lowest first. Voice has none. */
typedef struct veche_controlled_layer {
  uint32_t bitrate_bps; /* of this layer alone, with headers */
  uint32_t width, height;
  uint32_t frames_per_s;
} veche_controlled_layer;

/* The listener has pinned the publisher. */
#define VECHE_ROUTE_PINNED 0x1u
/* The publisher is the main speaker of the room. */
#define VECHE_ROUTE_DOMINANT 0x2u
/* The publisher is speaking. */
#define VECHE_ROUTE_SPEAKING 0x4u
/* The slot can carry redundant audio (RFC 2198). */
#define VECHE_ROUTE_ABLE_REDUNDANCY 0x8u
/* The slot's packets can be sent again (RFC 4585). */
#define VECHE_ROUTE_ABLE_RETRANSMISSION 0x10u

/* One track that fills a slot of a session. */
typedef struct veche_controlled_route {
  uint64_t track;
  uint64_t participant; /* its publisher */
  uint32_t kind;        /* VECHE_KIND_* of selector.h */
  uint32_t slot;        /* index in the session */
  uint32_t flags;       /* VECHE_ROUTE_*; ignore unknown ones */
  uint32_t price_bps;   /* of all that the track has, with all headers down to IP, unprotected */
  uint32_t sent_bps;    /* sent on it now, protection included, averaged over about a second */
  float loss;           /* 0 to 1: of the slot's packets, by the newest reports about it */
  uint32_t first_layer, layer_count; /* in the room's layers; a count of 0: it has none */
} veche_controlled_route;

/* The track is encrypted end to end: the core forwards its packets as they are. */
#define VECHE_TRACK_ENCRYPTED 0x1u
/* The publisher sends redundant audio itself. */
#define VECHE_TRACK_REDUNDANT 0x2u
/* The publisher's client obeys hints. */
#define VECHE_TRACK_HINTED 0x4u

/* One track that a session publishes. */
typedef struct veche_controlled_track {
  uint64_t track;
  uint32_t kind;           /* VECHE_KIND_* */
  uint32_t flags;          /* VECHE_TRACK_*; ignore unknown ones */
  uint32_t bitrate_bps;    /* received, payload alone, averaged over about a second */
  uint32_t packets_per_s;  /* likewise, rounded */
  float loss;              /* 0 to 1: of its packets on the way to the server */
  uint32_t listener_count; /* sessions in which it fills a slot */
} veche_controlled_track;

/* How the core knows the path to a session's client. */
#define VECHE_LINK_UNKNOWN 0u
/* By receiver reports: loss, jitter and round trip. */
#define VECHE_LINK_REPORTS 1u
/* By transport-wide feedback: capacity and queueing delay besides. */
#define VECHE_LINK_FEEDBACK 2u

/* More than capacity_bps was sent, and did not fit; without this flag the path may carry more. */
#define VECHE_SESSION_AT_LIMIT 0x1u

/* One connected session. */
typedef struct veche_controlled_session {
  uint64_t session;
  uint64_t participant;
  uint32_t first_route, route_count; /* in the room's routes */
  uint32_t first_track, track_count; /* in the room's tracks */
  uint32_t link;                     /* VECHE_LINK_* */
  uint32_t round_trip_us;            /* 0: not known yet */
  uint32_t jitter_us;                /* of the packets that the client receives, as it reports */
  uint32_t queue_us;     /* queueing delay on the way to the client, above the lowest of 30 s */
  uint32_t capacity_bps; /* what the path to the client has proven to carry; 0: not known */
  uint32_t used_bps;     /* sent to the client, with all headers, averaged over about a second */
  uint32_t received_bps; /* received from the client, likewise */
  uint32_t burst;        /* mean number of packets lost in a row, in 1/16; 0: nothing was lost */
  float loss;            /* 0 to 1: of the packets to the client, in the newest seconds */
  float loss_floor;      /* the part of it that comes at any rate, so that it is no congestion */
  float loss_received;   /* 0 to 1: of the client's packets on the way to the server */
  float lane_load;       /* 0 to 1: busy time of the thread that carries the session */
  uint32_t flags;        /* VECHE_SESSION_*; ignore unknown ones */
  uint32_t reserved;
} veche_controlled_session;

/* A room as the controller sees it. The host owns the memory, which is valid during the call. */
typedef struct veche_controlled_room {
  uint32_t struct_size;
  uint32_t session_count, route_count, track_count, layer_count;
  uint32_t session_stride, route_stride, track_stride, layer_stride; /* in bytes; see VECHE_AT */
  uint32_t reserved;
  uint64_t room;  /* the number that selectors see */
  int64_t now_ns; /* monotonic clock */
  const char* name;
  const veche_controlled_session* sessions; /* all of them, whatever the controller's kind */
  const veche_controlled_route* routes; /* of each session adjacent, in the order of its slots */
  const veche_controlled_track* tracks; /* of each session adjacent */
  const veche_controlled_layer* layers;
} veche_controlled_room;

/* The slot gets everything that the track has. */
#define VECHE_TARGET_ALL 0u
/* The slot gets nothing until its target changes. */
#define VECHE_TARGET_OFF 1u
/* The slot gets the track's layers up to this one, counted from 0. */
#define VECHE_TARGET_LAYER(layer) (16u + (layer))

/* Protection of a route: one of the first four, and retransmission or not. */
/* Nothing is repeated, not even what the publisher repeats. */
#define VECHE_PROTECT_NONE 0x0u
/* Each packet repeats the one before it. */
#define VECHE_PROTECT_ONE 0x1u
/* Each packet repeats the two before it. */
#define VECHE_PROTECT_TWO 0x2u
/* What the publisher repeats, if it does, for a slot that can carry it. */
#define VECHE_PROTECT_AS_PUBLISHED 0x3u
#define VECHE_PROTECT_REDUNDANCY 0x3u /* the mask of these */
/* Lost packets are sent again where the client asks for them. */
#define VECHE_PROTECT_RETRANSMIT 0x4u

typedef struct veche_route_decision {
  uint32_t target;     /* VECHE_TARGET_* */
  uint32_t protection; /* VECHE_PROTECT_*, together */
  uint32_t reason;     /* index into the controller's reasons */
  uint32_t reserved;
} veche_route_decision;

/* What a publisher should send. 0 leaves it to the publisher. */
typedef struct veche_track_decision {
  uint32_t max_bitrate_bps;
  uint32_t packet_ms;  /* 20, 40 or 60 */
  uint32_t dtx;        /* 0: as it likes; 1: no; 2: yes */
  float reported_loss; /* 0 to 1: reported to its encoder, if that is more than its own loss */
  uint32_t reason;
  uint32_t reserved;
} veche_track_decision;

/* How a listener's network is, as its client shows it. */
#define VECHE_QUALITY_UNKNOWN 0u
#define VECHE_QUALITY_GOOD 1u
#define VECHE_QUALITY_FAIR 2u
#define VECHE_QUALITY_POOR 3u

/* About a whole session, which the controllers of audio and of video share: both see its whole
 * capacity_bps and used_bps. What the other one's routes use is used_bps without the sent_bps of
 * one's own routes; where not both fit, video gives way. Of two decisions the host uses the greater
 * wish, and the worse quality with its reason; between equal ones, that of audio. */
typedef struct veche_session_decision {
  /* The rate that the session would use next, with what it uses of the other kind; 0: no more than
   * now, so nothing is probed. */
  uint32_t wish_bps;
  uint32_t quality; /* VECHE_QUALITY_* */
  uint32_t reason;
  uint32_t reserved;
} veche_session_decision;

/* The decision, in the order of the view. The host fills it with what holds without a controller:
 * everything, VECHE_PROTECT_AS_PUBLISHED with retransmission where the slot is able, no hints,
 * VECHE_QUALITY_UNKNOWN. It treats an
 * unknown target as VECHE_TARGET_ALL, cuts everything else to what is possible, and counts both as
 * misbehaviour. Strides are the view's counterparts; what the controller writes into this struct
 * itself has no effect. */
typedef struct veche_room_decision {
  uint32_t struct_size;
  uint32_t session_stride, route_stride, track_stride;
  veche_session_decision* sessions;
  veche_route_decision* routes;
  veche_track_decision* tracks;
} veche_room_decision;

/* The table of all three extensions; a plugin offers one of them. Each kind of media has one
 * controller: the host refuses a plugin that would decide about a kind for which another one runs.
 * What no controller decides about is as without one. */
typedef struct veche_controller {
  uint32_t struct_size;
  uint32_t reason_count;
  /* Words for what a decision follows, in lower case with dashes: "congestion". reasons[0] is "":
   * nothing is held back. A constant. */
  const char* const* reasons;
  /* [control] Every 100 ms for each room with a connected session. Must cost less than 2 us for
   * each session. Sessions and tracks come and go between calls, and their order changes: keep
   * state by their ids. */
  void (*control)(veche_plugin* self, const veche_controlled_room* room,
                  veche_room_decision* decision);
  /* [control] The session has ended, and no room shows it any more. */
  void (*forget_session)(veche_plugin* self, uint64_t session);
  /* [control] The room has closed; its sessions were forgotten before. */
  void (*forget_room)(veche_plugin* self, uint64_t room);
} veche_controller;

#ifdef __cplusplus
}
#endif
#endif
