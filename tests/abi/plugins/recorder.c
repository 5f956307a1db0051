/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin without fault: uses log, configuration and loop, observes events, and writes all of it
 * into a journal. */
#include "recorder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <veche/host.h>
#include <veche/observer.h>

#define VERSION "1.2.3"
#include "entry.h"

struct veche_plugin {
  const veche_host* host;
  const veche_log* log;
  const veche_config* config;
  const veche_loop* loop;
  recorder_journal* journal;
  uint64_t timer;
};

static void note(veche_plugin* self, const char* what) {
  strncat(self->journal->text, what, sizeof self->journal->text - strlen(self->journal->text) - 1);
  strncat(self->journal->text, "\n", sizeof self->journal->text - strlen(self->journal->text) - 1);
}

static veche_plugin* create(const veche_host* host, veche_error* error) {
  veche_plugin* self = calloc(1, sizeof *self);
  if (!self) return NULL;
  self->host = host;
  self->log = host->get_extension(host, VECHE_HOST_LOG);
  self->config = host->get_extension(host, VECHE_HOST_CONFIG);
  self->loop = host->get_extension(host, VECHE_HOST_LOOP);
  const char* journal = NULL;
  if (self->config->get_string(host, "/journal", &journal) != VECHE_OK ||
      sscanf(journal, "%" SCNxPTR, (uintptr_t*)&self->journal) != 1) {
    snprintf(error->message, sizeof error->message, "there is no journal");
    error->code = VECHE_E_INVALID;
    free(self);
    return NULL;
  }
  const char* greeting = NULL;
  self->config->get_string(host, "/greeting", &greeting);
  note(self, greeting);
  self->log->write(host, VECHE_LOG_INFO, "created");
  return self;
}

static void on_post(void* data) { note(data, "post"); }
static void on_drop(void* data) { note(data, "a post was dropped"); }
static void on_timer(void* data) { ++((veche_plugin*)data)->journal->timer_ticks; }

static veche_status start(veche_plugin* self, veche_error* error) {
  (void)error;
  note(self, "start");
  self->timer = self->loop->add_timer(self->host, 10, on_timer, self);
  if (self->timer == 0) return VECHE_E_INTERNAL;
  return self->loop->post(self->host, on_post, NULL, self);
}

static void stop(veche_plugin* self) {
  note(self, self->loop->cancel_timer(self->host, self->timer) == VECHE_E_GONE
                 ? "stop, the timer is gone"
                 : "stop, the timer still ran");
  note(self, self->loop->post(self->host, on_post, on_drop, self) == VECHE_E_GONE
                 ? "no post any more"
                 : "a post was taken");
}

static void destroy(veche_plugin* self) {
  note(self, "destroy");
  free(self);
}

static void on_event(veche_plugin* self, const veche_event* event) {
  char line[256];
  snprintf(line, sizeof line, "%" PRIu64 " %" PRId64 " %s %s %s %s", event->seq,
           event->time_unix_ms, event->type, event->room, event->participant, event->data);
  note(self, line);
}

static const veche_observer observer = {.struct_size = sizeof(veche_observer),
                                        .on_event = on_event};

static const void* get_extension(const char* id) {
  return strcmp(id, VECHE_EXT_OBSERVER) == 0 ? &observer : NULL;
}

ENTRY("org.example.recorder", "Writes down what happens to it.",
      .needs = LIST(VECHE_HOST_LOG, VECHE_HOST_CONFIG, VECHE_HOST_LOOP),
      .offers = LIST(VECHE_EXT_OBSERVER),
      .config_schema =
          "{\"type\": \"object\", \"required\": [\"journal\"], \"properties\": {"
          "\"journal\": {\"type\": \"string\"},"
          "\"greeting\": {\"type\": \"string\", \"default\": \"hello\"}}}");
