/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.observer/1": receives the events of all rooms, in order. */
#ifndef VECHE_OBSERVER_H
#define VECHE_OBSERVER_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_OBSERVER "veche.observer/1"

/* One event. Ignore unknown types. Pointers are borrowed until on_event() returns. */
typedef struct veche_event {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t seq; /* counts up within a room, without gaps */
  int64_t time_unix_ms;
  const char* type; /* "participant.joined", "participant.left", "room.created", ... */
  const char* room; /* "" for events of the server itself: "server.draining", "server.resumed" */
  const char* participant; /* "" for events of the room itself */
  const char* data;        /* a JSON object */
} veche_event;

typedef struct veche_observer {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Handles one event. */
  void (*on_event)(veche_plugin* self, const veche_event* event);
} veche_observer;

#ifdef __cplusplus
}
#endif
#endif
