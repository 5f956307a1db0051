/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.admission/1": decides whether a participant may join a room, and with what. */
#ifndef VECHE_ADMISSION_H
#define VECHE_ADMISSION_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_ADMISSION "veche.admission/1"

/* A participant that is about to join a room: nobody of that name is there. Pointers are borrowed
 * until admit() returns. */
typedef struct veche_admission_request {
  uint32_t struct_size;
  uint32_t participant_count; /* in the room, without this one */
  const char* room;
  const char* participant; /* its name */
  const char* name;        /* for display; "": the same */
  const char* metadata;    /* a JSON object */
  const char* attributes;  /* a JSON object of strings */
} veche_admission_request;

/* With what it joins: as the backend has said, and as the plugin leaves it. */
typedef struct veche_admission {
  uint32_t struct_size;
  uint32_t muted; /* 0 or 1, here and below; by the backend: its client cannot change it */
  uint32_t publish_audio;
  uint32_t publish_video;
  uint32_t subscribe;
  uint32_t max_speakers; /* audio slots that may be in use; 0: the room's limit applies */
  /* Null: those of the request stay. Else a JSON object of strings that replaces them, owned by the
   * plugin, valid until its next admit() or stop(). */
  const char* attributes;
} veche_admission;

/* Several plugins may offer this: the host asks them in the order in which they started, until one
 * refuses, and each sees what the ones before have left. A participant that is refused may try
 * again. A plugin that throws, or leaves attributes that are none, refuses. */
typedef struct veche_admission_policy {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] VECHE_OK lets it join. Any failure refuses it: its client and the backend get 403,
   * for VECHE_E_EXHAUSTED 503, with the message in error, which is for people. The plugin may call
   * veche_rooms; the participant is not there yet. */
  veche_status (*admit)(veche_plugin* self, const veche_admission_request* request,
                        veche_admission* admission, veche_error* error);
} veche_admission_policy;

#ifdef __cplusplus
}
#endif
#endif
