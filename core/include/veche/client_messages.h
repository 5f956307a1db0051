/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.client-messages/1": takes messages that clients send to the plugin over their
 * WebSocket. veche_rooms.send() answers one participant. */
#ifndef VECHE_CLIENT_MESSAGES_H
#define VECHE_CLIENT_MESSAGES_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_CLIENT_MESSAGES "veche.client-messages/1"

/* One message of a client, which may be hostile: the host has checked it against the schema, and
 * nothing else. Pointers are borrowed until on_message() returns. */
typedef struct veche_client_message {
  uint32_t struct_size;
  uint32_t reserved;
  const char* room;
  const char* participant; /* the sender's name */
  uint64_t participant_id; /* the sender's number */
  const veche_values* values;
} veche_client_message;

/* A client sends {"id": 7, "type": "plugin", "data": {"name": "<the plugin's name>", "data":
 * {...}}}; the inner object has at most 4 KiB. The rate of a participant's commands is limited. */
typedef struct veche_client_messages {
  uint32_t struct_size;
  uint32_t reserved;
  /* JSON Schema of the inner object, like config_schema; a constant. Null: every object is taken.
   */
  const char* schema;
  /* [control] Handles a message. VECHE_OK answers the client with "ok". A failure answers it with a
   * problem that says what error says: VECHE_E_INVALID with 400, VECHE_E_GONE with 404,
   * VECHE_E_EXHAUSTED with 503, and any other code with 500 and without the plugin's words. */
  veche_status (*on_message)(veche_plugin* self, const veche_client_message* message,
                             veche_error* error);
} veche_client_messages;

#ifdef __cplusplus
}
#endif
#endif
