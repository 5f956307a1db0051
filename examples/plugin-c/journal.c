/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a line into a file for everybody who joins a room. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <veche/host.h>
#include <veche/observer.h>

struct veche_plugin {
  const veche_host* host;
  const veche_log* log;
  const char* path; /* the host's, until destroy() has returned */
  FILE* file;       /* from start() to stop() */
};

/* "required" without a default: the server refuses a configuration without it. */
static const char schema[] =
    "{\"type\": \"object\", \"required\": [\"file\"], \"properties\": {\"file\": {"
    "\"type\": \"string\", \"minLength\": 1, \"maxLength\": 4000,"
    "\"description\": \"The file that gets the lines. It is appended to.\"}}}";

static veche_plugin* create(const veche_host* host, veche_error* error) {
  veche_plugin* self = calloc(1, sizeof *self);
  if (!self) {
    error->code = VECHE_E_EXHAUSTED;
    snprintf(error->message, sizeof error->message, "there is no memory for the instance");
    return NULL;
  }
  self->host = host;
  self->log = host->get_extension(host, VECHE_HOST_LOG);
  const veche_config* config = host->get_extension(host, VECHE_HOST_CONFIG);
  config->get_string(host, "/file", &self->path); /* is there: it is required */
  return self;
}

static veche_status start(veche_plugin* self, veche_error* error) {
  self->file = fopen(self->path, "ae");
  if (self->file) return VECHE_OK;
  snprintf(error->message, sizeof error->message, "cannot open %.160s: %s; see /file", self->path,
           strerror(errno));
  return VECHE_E_INVALID;
}

static void stop(veche_plugin* self) {
  fclose(self->file);
  self->file = NULL;
}

static void destroy(veche_plugin* self) { free(self); }

/* One short line on a local disk is quick enough for the control thread; whatever may take longer
 * belongs into a thread of the plugin's own. */
static void on_event(veche_plugin* self, const veche_event* event) {
  if (strcmp(event->type, "participant.joined") != 0) return;
  const int written = fprintf(self->file, "%" PRId64 " %s joined %s\n", event->time_unix_ms,
                              event->participant, event->room);
  if (written > 0 && fflush(self->file) == 0) return;
  clearerr(self->file);
  self->log->write(self->host, VECHE_LOG_WARNING, "a line could not be written");
}

static const veche_observer observer = {.struct_size = sizeof(veche_observer),
                                        .on_event = on_event};

static const void* get_extension(const char* id) {
  return strcmp(id, VECHE_EXT_OBSERVER) == 0 ? &observer : NULL;
}

static const char* const needs[] = {VECHE_HOST_LOG, VECHE_HOST_CONFIG, NULL};
static const char* const offers[] = {VECHE_EXT_OBSERVER, NULL};

const veche_plugin_entry veche_plugin_entry_1 = {
    .struct_size = sizeof(veche_plugin_entry),
    .abi_minor = VECHE_ABI_MINOR,
    .id = "org.example.journal",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Writes a line into a file for everybody who joins a room.",
    .config_schema = schema,
    .needs = needs,
    .offers = offers,
    .create = create,
    .start = start,
    .stop = stop,
    .destroy = destroy,
    .get_extension = get_extension,
    .min_host_minor = VECHE_ABI_MINOR,
};
