/* SPDX-License-Identifier: Apache-2.0 */
/* What tests share with the answerer plugin: the last request that it left open, and its host. */
#ifndef ANSWERER_H
#define ANSWERER_H

#include <stdint.h>
#include <veche/http_routes.h>

/* The schema's "desk": the address of an answerer_desk as text, because plugin and test are one
 * process. */
typedef struct answerer_desk {
  const veche_host* host; /* while the plugin lives */
  const veche_http* http;
  uint64_t open;    /* of the last request to /open */
  uint32_t handled; /* requests to any route */
} answerer_desk;

#endif
