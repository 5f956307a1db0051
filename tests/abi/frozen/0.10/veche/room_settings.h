/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.room-settings/2": adds the plugin's own part to the policy of each room. */
#ifndef VECHE_ROOM_SETTINGS_H
#define VECHE_ROOM_SETTINGS_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_ROOM_SETTINGS "veche.room-settings/2"

/* A plugin that rooms have settings for offers this, a selector too: nothing else gives it a part.
 * The part is an object of at most 16 KiB under the plugin's name in the configuration:
 * {"recording": {...}} in the body of PUT /v1/rooms/{room}. The host refuses a part that does not
 * fit the schema, with a pointer to the wrong value. */
typedef struct veche_room_settings {
  uint32_t struct_size;
  uint32_t reserved;
  /* JSON Schema of the part, like config_schema; a constant. The empty object has to fit it, so
   * that a room without a part has the defaults. */
  const char* schema;
  /* [control] The part that holds for this room from now on: valid, with defaults filled in. The
   * host calls this for every new room, with or without a part of its own, before its event
   * "room.created"; when the part changes, before "room.updated"; and for all existing rooms when
   * the plugin starts. Calls are in order with the events, so the room may have closed already; its
   * last event is "room.closed", which observers receive. Null: the plugin is a selector, and the
   * settings that make_settings() makes of the part are all that it needs. */
  void (*changed)(veche_plugin* self, const char* room, const veche_values* values);
} veche_room_settings;

#ifdef __cplusplus
}
#endif
#endif
