/* SPDX-License-Identifier: Apache-2.0 */
/* A selector and packet policy that decide nothing: twice in one server, they are one too many. */
#include <string.h>
#include <veche/packet_policy.h>
#include <veche/plugin.h>
#include <veche/room_settings.h>
#include <veche/selector.h>

#include "entry.h"
#include "idle_life.h"

struct veche_selector_settings {
  int unused;
};
struct veche_selector_room {
  int unused;
};

static veche_selector_settings settings_instance;
static veche_selector_room room_instance;

static veche_selector_settings* make_settings(veche_plugin* self, const veche_values* values,
                                              veche_error* error) {
  (void)self;
  (void)values;
  (void)error;
  return &settings_instance;
}
static void free_settings(veche_plugin* self, veche_selector_settings* settings) {
  (void)self;
  (void)settings;
}
static veche_selector_room* open_room(veche_plugin* self, const veche_selector_settings* settings,
                                      veche_error* error) {
  (void)self;
  (void)settings;
  (void)error;
  return &room_instance;
}
static void close_room(veche_plugin* self, veche_selector_room* room) {
  (void)self;
  (void)room;
}
static void use_settings(veche_selector_room* room, const veche_selector_settings* settings) {
  (void)room;
  (void)settings;
}
static void select_tracks(veche_selector_room* room, const veche_room_view* view,
                          veche_selection* selection) {
  (void)room;
  selection->dominant = view->room;
}
static void decide(veche_plugin* self, void* state, const veche_route* route,
                   const veche_packet* packets, uint32_t packet_count, uint32_t packet_stride,
                   uint32_t* verdicts) {
  (void)self;
  (void)state;
  (void)route;
  (void)packets;
  (void)packet_stride;
  /* The first packet gets a verdict that does not exist. */
  for (uint32_t i = 0; i < packet_count; ++i) verdicts[i] = i == 0 ? 99 : VECHE_VERDICT_FORWARD;
}

static const veche_selector selector = {
    .struct_size = sizeof(veche_selector),
    .make_settings = make_settings,
    .free_settings = free_settings,
    .open = open_room,
    .close = close_room,
    .use_settings = use_settings,
    .select = select_tracks,
};
static const veche_packet_policy packet_policy = {.struct_size = sizeof(veche_packet_policy),
                                                  .decide = decide};

static const veche_room_settings room_settings = {
    .struct_size = sizeof(veche_room_settings),
    .schema =
        "{\"type\": \"object\", \"properties\": {\"max_speakers\": {\"type\": \"integer\"}}}"};

static const void* get_extension(const char* id) {
  if (strcmp(id, VECHE_EXT_SELECTOR) == 0) return &selector;
  if (strcmp(id, VECHE_EXT_ROOM_SETTINGS) == 0) return &room_settings;
  return strcmp(id, VECHE_EXT_PACKET_POLICY) == 0 ? &packet_policy : NULL;
}

ENTRY(ID, "Decides nothing.", .needs = LIST(NULL),
      .offers = LIST(VECHE_EXT_SELECTOR, VECHE_EXT_PACKET_POLICY, VECHE_EXT_ROOM_SETTINGS));
