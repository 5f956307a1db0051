/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin with one thing wrong in its routes: which one, meson.build says with the macros below.
 */
#include <veche/http_routes.h>

#include "entry.h"
#include "idle_life.h"

#ifndef COUNT
#define COUNT 2
#endif
#ifndef PATTERN
#define PATTERN "/stage"
#endif
#ifndef SECOND_PATTERN
#define SECOND_PATTERN "/rooms/{room}/stage"
#endif
#define SCHEMA_WITH_UNKNOWN_KEYWORD "{\"type\": \"object\", \"oneOf\": []}"
#ifndef SCHEMA
#define SCHEMA "{\"type\": \"object\"}"
#endif
#ifndef HANDLE
#define HANDLE handle
#endif

static void handle(veche_plugin* self, const veche_http_request* request) {
  (void)self;
  (void)request;
}

static const veche_http_route first = {.struct_size = sizeof(veche_http_route),
                                       .access = VECHE_ACCESS_ROOMS,
                                       .method = "PUT",
                                       .pattern = PATTERN,
                                       .summary = "Sets the stage.",
                                       .body_schema = SCHEMA,
                                       .handle = handle};
static const veche_http_route second = {.struct_size = sizeof(veche_http_route),
                                        .access = VECHE_ACCESS_ROOMS,
                                        .method = "PUT",
                                        .pattern = SECOND_PATTERN,
                                        .summary = "Sets the stage of a room.",
                                        .handle = HANDLE};
static const veche_http_route* const routes[] = {&first, &second};
static const veche_http_routes table = {
    .struct_size = sizeof(veche_http_routes), .route_count = COUNT, .routes = routes};

static const void* get_extension(const char* id) {
  (void)id;
  return &table;
}

ENTRY("org.example.refused-routes", "Has one thing wrong in its routes.",
      .needs = LIST(VECHE_HOST_HTTP), .offers = LIST(VECHE_EXT_HTTP_ROUTES));
