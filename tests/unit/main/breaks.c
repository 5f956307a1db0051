/* SPDX-License-Identifier: Apache-2.0 */
/* A selector and observer that crashes, ends the process or hangs in one of its hooks: the one that
 * the configuration names. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <veche/host.h>
#include <veche/observer.h>
#include <veche/room_settings.h>
#include <veche/selector.h>

#include "../../abi/plugins/entry.h"

struct veche_plugin {
  char where[32], how[32];
};
struct veche_selector_settings {
  veche_plugin* self;
};
struct veche_selector_room {
  veche_plugin* self;
};

/// Not a constant: the compiler must not see what happens. Not null: UBSan would end the server
/// before the signal comes.
static int* volatile nowhere = (int*)sizeof(int);

static void reach(const veche_plugin* self, const char* where) {
  if (strcmp(self->where, where) != 0) return;
  if (strcmp(self->how, "crash") == 0) *nowhere = 1;
  if (strcmp(self->how, "abort") == 0) abort();
  if (strcmp(self->how, "exit") == 0) exit(0);
  if (strcmp(self->how, "hang") == 0) {
    for (;;) pause();
  }
}

__attribute__((constructor)) static void construct(void) {
#ifdef CONSTRUCTOR
  abort();
#endif
}

static void read_text(const veche_host* host, const char* pointer, char* to, size_t size) {
  const veche_config* config = host->get_extension(host, VECHE_HOST_CONFIG);
  const char* text = "";
  config->get_string(host, pointer, &text);
  strncpy(to, text, size - 1);
}

static veche_plugin* create(const veche_host* host, veche_error* error) {
  (void)error;
  veche_plugin* self = calloc(1, sizeof *self);
  if (!self) return NULL;
  read_text(host, "/where", self->where, sizeof self->where);
  read_text(host, "/how", self->how, sizeof self->how);
  reach(self, "create");
  return self;
}
static veche_status start(veche_plugin* self, veche_error* error) {
  (void)self, (void)error;
  return VECHE_OK;
}
static void stop(veche_plugin* self) { (void)self; }
static void destroy(veche_plugin* self) { free(self); }

static veche_selector_settings* make_settings(veche_plugin* self, const veche_values* values,
                                              veche_error* error) {
  (void)values, (void)error;
  veche_selector_settings* settings = calloc(1, sizeof *settings);
  if (settings) settings->self = self;
  return settings;
}
static void free_settings(veche_plugin* self, veche_selector_settings* settings) {
  (void)self;
  free(settings);
}
static veche_selector_room* open_room(veche_plugin* self, const veche_selector_settings* settings,
                                      veche_error* error) {
  (void)settings, (void)error;
  veche_selector_room* room = calloc(1, sizeof *room);
  if (room) room->self = self;
  return room;
}
static void close_room(veche_plugin* self, veche_selector_room* room) {
  (void)self;
  free(room);
}
static void use_settings(veche_selector_room* room, const veche_selector_settings* settings) {
  (void)settings;
  reach(room->self, "use_settings");
}
static void select_tracks(veche_selector_room* room, const veche_room_view* view,
                          veche_selection* selection) {
  (void)room, (void)view, (void)selection;
}
static void on_event(veche_plugin* self, const veche_event* event) {
  (void)event;
  reach(self, "on_event");
}

static const veche_selector selector = {.struct_size = sizeof(veche_selector),
                                        .make_settings = make_settings,
                                        .free_settings = free_settings,
                                        .open = open_room,
                                        .close = close_room,
                                        .use_settings = use_settings,
                                        .select = select_tracks};
static const veche_observer observer = {.struct_size = sizeof(veche_observer),
                                        .on_event = on_event};

static const veche_room_settings room_settings = {
    .struct_size = sizeof(veche_room_settings),
    .schema = "{\"type\": \"object\", \"properties\": {\"x\": {\"type\": \"integer\"}}}"};

static const void* get_extension(const char* id) {
  if (strcmp(id, VECHE_EXT_SELECTOR) == 0) return &selector;
  if (strcmp(id, VECHE_EXT_ROOM_SETTINGS) == 0) return &room_settings;
  return strcmp(id, VECHE_EXT_OBSERVER) == 0 ? &observer : NULL;
}

ENTRY("org.example.breaks", "Breaks.", .needs = LIST(VECHE_HOST_CONFIG),
      .offers = LIST(VECHE_EXT_SELECTOR, VECHE_EXT_OBSERVER, VECHE_EXT_ROOM_SETTINGS),
      .config_schema =
          "{\"type\": \"object\", \"properties\": {"
          "\"where\": {\"type\": \"string\"}, \"how\": {\"type\": \"string\"}}}");
