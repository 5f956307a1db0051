/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.selector/2": decides who is heard by whom, for a whole room every 20 ms. */
#ifndef VECHE_SELECTOR_H
#define VECHE_SELECTOR_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_SELECTOR "veche.selector/2"

#define VECHE_KIND_AUDIO 1u
#define VECHE_KIND_VIDEO 2u

/* Audio levels are those of RFC 6464, in -dBov: 0 is the loudest, 127 is silence. */
#define VECHE_LEVEL_SILENCE 127u

/* The track must not be selected; the host refuses it. */
#define VECHE_CANDIDATE_MUTED 0x1u
/* The publisher sends no levels: they are all VECHE_LEVEL_SILENCE. */
#define VECHE_CANDIDATE_NO_LEVELS 0x2u

/* One attribute of a participant, as its backend has set it. */
typedef struct veche_attribute {
  const char* name; /* "role" */
  const char* value;
} veche_attribute;

/* The attributes of one participant. */
typedef struct veche_attributes {
  const veche_attribute* list; /* count of them, by name; their size never changes */
  uint32_t count;
  uint32_t revision; /* another number after each change, in this room; 0: it has none */
} veche_attributes;

/* One track that may be selected. All ids are 64 bit, never 0 and never reused. */
typedef struct veche_candidate {
  uint64_t track;
  uint64_t participant;
  int64_t last_packet_ns; /* arrival of the newest packet, monotonic clock; 0: none yet */
  uint32_t kind;          /* VECHE_KIND_* */
  uint32_t flags;         /* VECHE_CANDIDATE_*; ignore unknown ones */
  uint32_t packets;       /* arrived since the last call */
  uint8_t level;          /* of the loudest of these packets; VECHE_LEVEL_SILENCE: there is none */
  uint8_t smoothed_level; /* exponential average over about 100 ms of packets */
  uint8_t reserved[2];
  veche_attributes attributes; /* of its participant */
  uint64_t tag; /* the number that the plugin gave the participant (veche_rooms); 0: none */
} veche_candidate;

/* The listener always hears that participant. */
#define VECHE_PREFER_PINNED 0x1u
/* The listener never hears that participant; the host refuses its tracks. */
#define VECHE_PREFER_BLOCKED 0x2u

/* A listener's preference for one other participant. */
typedef struct veche_preference {
  uint64_t participant;
  uint32_t flags; /* VECHE_PREFER_* */
  uint32_t reserved;
} veche_preference;

/* One place for a track in one listener. */
typedef struct veche_slot {
  uint64_t track; /* in: the track that fills it now; out: the one that should; 0: none */
  uint32_t kind;  /* VECHE_KIND_*; only tracks of this kind fit */
  uint32_t reserved;
} veche_slot;

/* One session that listens. Its slots are a range of veche_selection.slots, its preferences one of
 * veche_room_view.preferences. */
typedef struct veche_listener {
  uint64_t session;
  uint64_t participant;
  uint32_t first_slot, slot_count;
  uint32_t first_preference, preference_count;
  uint32_t max_speakers; /* audio slots that may be in use; 0: the room's limit applies */
  uint32_t reserved;
  veche_attributes attributes; /* of its participant */
  uint64_t tag;                /* likewise, as in veche_candidate */
} veche_listener;

/* A room as the selector sees it. The host owns the memory, which is valid during the call. */
typedef struct veche_room_view {
  uint32_t struct_size;
  uint32_t candidate_count, listener_count, preference_count, slot_count;
  /* In bytes; see VECHE_AT. */
  uint32_t candidate_stride, listener_stride, preference_stride, slot_stride;
  uint32_t reserved;
  uint64_t room;
  int64_t now_ns; /* monotonic clock */
  const veche_candidate* candidates;
  const veche_listener* listeners;
  const veche_preference* preferences;
} veche_room_view;

/* The decision. The host fills slots with the present tracks, speaking and dominant with 0. It
 * refuses, and counts, a track that is unknown, of another kind, muted, blocked or the listener's
 * own, and one that would fill two slots of a listener; such a slot keeps its track. */
typedef struct veche_selection {
  uint32_t struct_size;
  uint32_t reserved;
  veche_slot* slots; /* slot_count elements, slot_stride apart */
  uint8_t* speaking; /* candidate_count elements: 1 while that participant is speaking */
  uint64_t dominant; /* the track of the main speaker, or 0 */
} veche_selection;

/* The plugin's state of one room, the settings of rooms, and memory for large rooms: opaque to the
 * host. */
typedef struct veche_selector_room veche_selector_room;
typedef struct veche_selector_settings veche_selector_settings;
typedef struct veche_selector_memory veche_selector_memory;

typedef struct veche_selector {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Makes an object of a room's own settings, which the host hands back to
   * free_settings(). values: the room's part of the plugin, which veche.room-settings/2 describes;
   * null: it is empty, or the plugin does not offer that extension, so rooms have no part of it.
   * Null on failure, with the reason in error. */
  veche_selector_settings* (*make_settings)(veche_plugin* self, const veche_values* values,
                                            veche_error* error);
  /* [control] Frees settings that no room uses any more. */
  void (*free_settings)(veche_plugin* self, veche_selector_settings* settings);
  /* [control] Makes the state of a room. The host owns the settings, which outlive their use by the
   * room. Null on failure, with the reason in error. */
  veche_selector_room* (*open)(veche_plugin* self, const veche_selector_settings* settings,
                               veche_error* error);
  /* [control] Frees the state of a room after its last select(). */
  void (*close)(veche_plugin* self, veche_selector_room* room);
  /* [lane] The room has these settings from now on. */
  void (*use_settings)(veche_selector_room* room, const veche_selector_settings* settings);
  /* [lane] Every 20 ms while the room is active; calls may be further apart in a quiet room.
   * Candidates and listeners come and go between calls, and their order changes: keep state by
   * their ids. */
  void (*select)(veche_selector_room* room, const veche_room_view* view,
                 veche_selection* selection);

  /* A selector that keeps state of each candidate, and may not allocate on a lane, needs memory
   * beforehand. All or none of these three are null. The host makes memory before a room has more
   * than 512 candidates, and again each time the room is about to outgrow it. */
  /* [control] Makes memory for a room with this many candidates. Null on failure, with the reason
   * in error. */
  veche_selector_memory* (*make_memory)(veche_plugin* self, uint32_t candidate_count,
                                        veche_error* error);
  /* [control] Frees memory that no room uses. close() frees what its room uses. */
  void (*free_memory)(veche_plugin* self, veche_selector_memory* memory);
  /* [lane] The room uses this memory from now on. Returns what it does not need any more, for
   * free_memory(); null: nothing. */
  veche_selector_memory* (*use_memory)(veche_selector_room* room, veche_selector_memory* memory);
} veche_selector;

#ifdef __cplusplus
}
#endif
#endif
