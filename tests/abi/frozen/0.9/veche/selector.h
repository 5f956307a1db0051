/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.selector/1": who is heard by whom, decided for a whole room every 20 ms. */
#ifndef VECHE_SELECTOR_H
#define VECHE_SELECTOR_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_SELECTOR "veche.selector/1"

#define VECHE_KIND_AUDIO 1u
#define VECHE_KIND_VIDEO 2u

/* Audio levels are those of RFC 6464: 0 is the loudest (0 dBov), 127 is silence. */
#define VECHE_LEVEL_SILENCE 127u

#define VECHE_CANDIDATE_MUTED 0x1u /* must not be selected; the host refuses it */
#define VECHE_CANDIDATE_NO_LEVELS \
  0x2u /* the publisher sends no levels: they are all VECHE_LEVEL_SILENCE */

/* One track that may be selected. All ids are 64 bit, never 0 and never used again. */
typedef struct veche_candidate {
  uint64_t track;
  uint64_t participant;
  int64_t last_packet_ns; /* arrival of the newest packet, monotonic clock; 0: none yet */
  uint32_t kind;          /* VECHE_KIND_* */
  uint32_t flags;         /* VECHE_CANDIDATE_*; ignore those you do not know */
  uint32_t packets;       /* arrived since the last call */
  uint8_t level;          /* the loudest of these packets; VECHE_LEVEL_SILENCE if there were none */
  uint8_t smoothed_level; /* exponential average over about 100 ms of packets */
  uint8_t reserved[2];
} veche_candidate;

#define VECHE_PREFER_PINNED 0x1u /* this listener always hears that participant */
#define VECHE_PREFER_BLOCKED \
  0x2u /* this listener never hears that participant; the host refuses it */

/* What a listener wants of one other participant. */
typedef struct veche_preference {
  uint64_t participant;
  uint32_t flags; /* VECHE_PREFER_* */
  uint32_t reserved;
} veche_preference;

/* One place for a track in one listener. track: in, what fills it now (0: nothing); out, what
 * should fill it. */
typedef struct veche_slot {
  uint64_t track;
  uint32_t kind; /* VECHE_KIND_*; only tracks of this kind fit */
  uint32_t reserved;
} veche_slot;

/* One session that listens. Its slots and preferences are ranges of the arrays in veche_room_view.
 */
typedef struct veche_listener {
  uint64_t session;
  uint64_t participant;
  uint32_t first_slot, slot_count;
  uint32_t first_preference, preference_count;
  uint32_t max_speakers; /* this participant's own limit of audio slots in use; 0: the room's */
  uint32_t reserved;
} veche_listener;

/* A room as the selector sees it. The memory is the host's and valid during the call. */
typedef struct veche_room_view {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t room;
  int64_t now_ns; /* monotonic */
  const veche_candidate* candidates;
  const veche_listener* listeners;
  const veche_preference* preferences;
  uint32_t candidate_count, listener_count, preference_count, slot_count;
} veche_room_view;

/* The decision. The host has filled slots with what is there now, speaking with 0 and dominant with
 * 0. The host refuses, and counts, a slot with an unknown, foreign-kind, muted, blocked or own
 * track, and a track that would fill two slots of one listener; such a slot keeps what it had. */
typedef struct veche_selection {
  uint32_t struct_size;
  uint32_t reserved;
  veche_slot* slots; /* slot_count elements */
  uint8_t* speaking; /* one per candidate: 1 while that participant is speaking */
  uint64_t dominant; /* the track of the main speaker, or 0 */
} veche_selection;

typedef struct veche_selector_room veche_selector_room;
typedef struct veche_selector_settings veche_selector_settings;

typedef struct veche_selector {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Checks a room's own settings and makes an object of them. json: an object with those
   * keys of the plugin's configuration that the room overrides, or null for none. Null on failure:
   * error says why. */
  veche_selector_settings* (*make_settings)(veche_plugin* self, const char* json,
                                            veche_error* error);
  /* [control] Frees settings that no room uses any more. */
  void (*free_settings)(veche_plugin* self, veche_selector_settings* settings);
  /* [control] Makes the state of a room. The settings stay owned by the host and outlive their use.
   */
  veche_selector_room* (*open)(veche_plugin* self, const veche_selector_settings* settings,
                               veche_error* error);
  /* [control] After the last select() of that room. */
  void (*close)(veche_plugin* self, veche_selector_room* room);
  /* [lane] From now on the room has these settings. */
  void (*use_settings)(veche_selector_room* room, const veche_selector_settings* settings);
  /* [lane] Every 20 ms while anything is going on; later calls may be further apart. Candidates and
   * listeners come and go between calls, in any order; state is kept by their ids. */
  void (*select)(veche_selector_room* room, const veche_room_view* view,
                 veche_selection* selection);
} veche_selector;

#ifdef __cplusplus
}
#endif
#endif
