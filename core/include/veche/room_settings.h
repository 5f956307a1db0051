/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.room-settings/1": a part of its own in the policy of each room. */
#ifndef VECHE_ROOM_SETTINGS_H
#define VECHE_ROOM_SETTINGS_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_ROOM_SETTINGS "veche.room-settings/1"

/* The part is an object of at most 16 KiB under the plugin's name in the configuration:
 * {"recording": {...}} in the body of PUT /v1/rooms/{room}. The host refuses what the schema does
 * not allow, with a pointer to the place. */
typedef struct veche_room_settings {
  uint32_t struct_size;
  uint32_t reserved;
  const char* schema; /* JSON Schema of the part, as config_schema; a constant. The empty object has
                         to fit it: a room that says nothing has the defaults */
  /* [control] What holds for this room from now on: valid, and with defaults filled in. Comes for
   * every new room, with or without a part of its own, before its event "room.created"; when the
   * part changes, before "room.updated"; and for all rooms when the plugin begins while there are
   * some. It comes in order with the events, so the room may be gone already; "room.closed", which
   * observers get, is the last that is said of a room. */
  void (*changed)(veche_plugin* self, const char* room, const char* json);
} veche_room_settings;

#ifdef __cplusplus
}
#endif
#endif
