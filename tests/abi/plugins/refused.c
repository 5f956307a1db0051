/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin with one thing wrong: which one, meson.build says with the macros below. */
#include <string.h>
#include <veche/host.h>
#include <veche/observer.h>

#include "entry.h"

#ifndef ID
#define ID "org.example.refused"
#endif
#ifndef MIN_HOST_MINOR
#define MIN_HOST_MINOR VECHE_ABI_MINOR
#endif
#ifndef NEEDS
#define NEEDS VECHE_HOST_LOG
#endif
#ifndef OFFERS
#define OFFERS VECHE_EXT_OBSERVER
#endif
#define SCHEMA_WITH_UNKNOWN_KEYWORD "{\"type\": \"object\", \"oneOf\": []}"
#ifndef SCHEMA
#define SCHEMA \
  "{\"type\": \"object\", \"properties\": {\"size\": {\"type\": \"integer\", \"maximum\": 10}}}"
#endif
#ifndef CREATED
#define CREATED (&instance)
#endif
#ifndef STARTED
#define STARTED VECHE_OK
#endif
#ifndef TABLE
#define TABLE (&observer)
#endif

struct veche_plugin {
  int unused;
};

static veche_plugin instance;

static void on_event(veche_plugin* self, const veche_event* event) {
  (void)self;
  (void)event;
}

static const veche_observer observer = {.struct_size = sizeof(veche_observer),
                                        .on_event = on_event};

static const void* get_extension(const char* id) {
  (void)id;
  (void)observer;
  return TABLE;
}

static veche_plugin* create(const veche_host* host, veche_error* error) {
  (void)host;
  (void)instance;
  strcpy(error->message, "the disk is on fire");
  return CREATED;
}

static veche_status start(veche_plugin* self, veche_error* error) {
  (void)self;
  strcpy(error->message, "the port is taken");
  return STARTED;
}

static void stop(veche_plugin* self) { (void)self; }
static void destroy(veche_plugin* self) { (void)self; }

ENTRY(ID, "Has one thing wrong.", .min_host_minor = MIN_HOST_MINOR, .needs = LIST(NEEDS),
      .offers = LIST(OFFERS), .config_schema = SCHEMA);
