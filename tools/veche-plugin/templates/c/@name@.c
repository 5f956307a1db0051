/* Says hello to everybody who joins a room. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <veche/host.h>
#include <veche/observer.h>

struct veche_plugin {
  const veche_host* host;
  const veche_log* log;
  const char* greeting; /* the host's, until destroy() has returned */
};

static const char schema[] =
    "{\"type\": \"object\", \"properties\": {\"greeting\": {"
    "\"type\": \"string\", \"minLength\": 1, \"maxLength\": 80, \"default\": \"hello\","
    "\"description\": \"What everybody is told who joins.\"}}}";

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
  config->get_string(host, "/greeting", &self->greeting); /* is there: it has a default */
  return self;
}

/* Timers, threads and sockets begin here, and end in stop(). */
static veche_status start(veche_plugin* self, veche_error* error) {
  (void)self, (void)error;
  return VECHE_OK;
}
static void stop(veche_plugin* self) { (void)self; }
static void destroy(veche_plugin* self) { free(self); }

static void on_event(veche_plugin* self, const veche_event* event) {
  char line[256];
  if (strcmp(event->type, "participant.joined") != 0) return;
  snprintf(line, sizeof line, "%s, %s", self->greeting, event->participant);
  self->log->write(self->host, VECHE_LOG_INFO, line);
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
    .id = "org.example.@name@",
    .version = "0.1.0",
    .license = "NOASSERTION",
    .summary = "Says hello to everybody who joins a room.",
    .config_schema = schema,
    .needs = needs,
    .offers = offers,
    .create = create,
    .start = start,
    .stop = stop,
    .destroy = destroy,
    .get_extension = get_extension,
};
