/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin whose routes answer at once, never, or when the test does it. */
#include "answerer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <veche/host.h>

#include "entry.h"

struct veche_plugin {
  answerer_desk* desk;
};

static veche_plugin instance;

/* What the request said, a line for each. */
static void echo(veche_plugin* self, const veche_http_request* request) {
  char text[1024];
  snprintf(text, sizeof text, "%s %s\nquery %s\nkey %s\nparam %s\nbody %s\n%s%s%s", request->method,
           request->path, request->query, request->key_id,
           request->param_count > 0 ? request->params[0] : "-", request->body,
           *request->participant ? "participant " : "", request->participant,
           *request->participant ? "\n" : "");
  ++self->desk->handled;
  self->desk->http->reply(self->desk->host, request->id, 200, "text/plain", text, strlen(text));
}

static void leave_open(veche_plugin* self, const veche_http_request* request) {
  ++self->desk->handled;
  self->desk->open = request->id;
}

static void refuse(veche_plugin* self, const veche_http_request* request) {
  ++self->desk->handled;
  self->desk->http->reply_problem(self->desk->host, request->id, 409, "stage-is-full",
                                  "Five are up; one has to leave first.");
}

#define ROUTE(name, scope, verb, path, schema, function, answers, parameters)       \
  static const veche_http_route name = {.struct_size = sizeof(veche_http_route),    \
                                        .access = scope,                            \
                                        .method = verb,                             \
                                        .pattern = path,                            \
                                        .summary = "Route " #name " of the tests.", \
                                        .body_schema = schema,                      \
                                        .handle = function,                         \
                                        .query_schema = parameters,                 \
                                        .responses = answers}

static const char stage_schema[] =
    "{\"type\": \"object\", \"required\": [\"seats\"], \"properties\": {"
    "\"seats\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 5},"
    "\"is_open\": {\"type\": \"boolean\", \"default\": true}}}";

static const char echo_query[] =
    "{\"type\": \"object\", \"properties\": {"
    "\"a\": {\"type\": \"string\"}, \"c\": {\"type\": \"string\"}}}";
static const char echo_answers[] =
    "{\"200\": {\"description\": \"The request.\", \"content_types\": [\"text/plain\"]}}";
static const char refusal[] = "{\"409\": {\"description\": \"The stage is full.\"}}";

ROUTE(get_stage, VECHE_ACCESS_READ, "GET", "/rooms/{room}/stage", NULL, echo, echo_answers,
      echo_query);
ROUTE(put_stage, VECHE_ACCESS_ROOMS, "PUT", "/rooms/{room}/stage", stage_schema, echo, NULL, NULL);
ROUTE(delete_all, VECHE_ACCESS_ADMIN, "DELETE", "/all", NULL, echo, NULL, NULL);
ROUTE(get_open, VECHE_ACCESS_READ, "GET", "/open", NULL, leave_open, NULL, NULL);
ROUTE(post_refused, VECHE_ACCESS_ROOMS, "POST", "/refused", NULL, refuse, refusal, NULL);
ROUTE(get_metrics, VECHE_ACCESS_METRICS, "GET", "/metrics", NULL, echo, NULL, NULL);
ROUTE(get_hands, VECHE_ACCESS_ROOM, "GET", "/rooms/{room}/hands", NULL, echo, NULL, NULL);
ROUTE(put_hand, VECHE_ACCESS_PARTICIPANT, "PUT", "/rooms/{room}/hands/{participant}", NULL, echo,
      NULL, NULL);
ROUTE(get_page, VECHE_ACCESS_ANYBODY, "GET", "/page", NULL, echo, NULL, NULL);

static const veche_http_route* const routes[] = {&get_stage, &put_stage,    &delete_all,
                                                 &get_open,  &post_refused, &get_metrics,
                                                 &get_hands, &put_hand,     &get_page};
static const veche_http_routes table = {.struct_size = sizeof(veche_http_routes),
                                        .route_count = sizeof routes / sizeof *routes,
                                        .routes = routes};

static const void* get_extension(const char* id) {
  return strcmp(id, VECHE_EXT_HTTP_ROUTES) == 0 ? &table : NULL;
}

static veche_plugin* create(const veche_host* host, veche_error* error) {
  const veche_config* config = host->get_extension(host, VECHE_HOST_CONFIG);
  const char* desk = NULL;
  if (config->get_string(host, "/desk", &desk) != VECHE_OK ||
      sscanf(desk, "%" SCNxPTR, (uintptr_t*)&instance.desk) != 1) {
    snprintf(error->message, sizeof error->message, "there is no desk");
    error->code = VECHE_E_INVALID;
    return NULL;
  }
  instance.desk->host = host;
  instance.desk->http = host->get_extension(host, VECHE_HOST_HTTP);
  return &instance;
}

static veche_status start(veche_plugin* self, veche_error* error) {
  (void)self;
  (void)error;
  return VECHE_OK;
}

static void stop(veche_plugin* self) { (void)self; }
static void destroy(veche_plugin* self) { self->desk->host = NULL; }

ENTRY("org.example.answerer", "Answers requests.",
      .needs = LIST(VECHE_HOST_CONFIG, VECHE_HOST_HTTP), .offers = LIST(VECHE_EXT_HTTP_ROUTES),
      .config_schema =
          "{\"type\": \"object\", \"required\": [\"desk\"], \"properties\": {"
          "\"desk\": {\"type\": \"string\"}}}");
