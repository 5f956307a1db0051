/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin with one thing wrong in its routes: which one, meson.build says with the macros below.
 */
#include <veche/http_routes.h>

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

struct veche_plugin {
  int unused;
};

static veche_plugin instance;

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

static veche_plugin* create(const veche_host* host, veche_error* error) {
  (void)host;
  (void)error;
  return &instance;
}

static veche_status start(veche_plugin* self, veche_error* error) {
  (void)self;
  (void)error;
  return VECHE_OK;
}

static void stop(veche_plugin* self) { (void)self; }
static void destroy(veche_plugin* self) { (void)self; }

static const char* const needs[] = {VECHE_HOST_HTTP, NULL};
static const char* const offers[] = {VECHE_EXT_HTTP_ROUTES, NULL};

const veche_plugin_entry veche_plugin_entry_1 = {
    .struct_size = sizeof(veche_plugin_entry),
    .abi_minor = VECHE_ABI_MINOR,
    .id = "org.example.refused-routes",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Has one thing wrong in its routes.",
    .needs = needs,
    .offers = offers,
    .create = create,
    .start = start,
    .stop = stop,
    .destroy = destroy,
    .get_extension = get_extension,
};
