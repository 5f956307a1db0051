/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that offers nearly everything, with one fault, FAULT, which the conformance kit finds.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <veche/admission.h>
#include <veche/client_messages.h>
#include <veche/controller.h>
#include <veche/host.h>
#include <veche/observer.h>
#include <veche/packet_policy.h>
#include <veche/room_settings.h>
#include <veche/selector.h>

#include "entry.h"

#define HAS(fault) (strcmp(FAULT, fault) == 0)
/* Of the configuration, and of rooms. */
#define SCHEMA                                       \
  "{\"type\": \"object\", \"properties\": {\"x\": {" \
  "\"type\": \"integer\", \"minimum\": 1, \"maximum\": 9, \"default\": 3}}}"

struct veche_plugin {
  const veche_host* host;
};
struct veche_selector_settings {
  int unused;
};
struct veche_selector_room {
  veche_plugin* self;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
void* lost; /* not static: the compiler keeps it */
static void on_signal(int number) { (void)number; }
static void* wait_for_ever(void* data) {
  pause();
  return data;
}

__attribute__((constructor)) static void construct(void) {
  if (HAS("constructor")) abort();
}

static veche_plugin* create(const veche_host* host, veche_error* error) {
  (void)error;
  if (HAS("exit")) exit(0);
  veche_plugin* self = calloc(1, sizeof *self);
  if (self) self->host = host;
  return self;
}

static veche_status start(veche_plugin* self, veche_error* error) {
  (void)self, (void)error;
  if (HAS("leak")) lost = malloc(64);
  if (HAS("descriptor") && dup(STDIN_FILENO) < 0) return VECHE_E_INTERNAL;
  if (HAS("print")) puts("here I am");
  if (HAS("signal")) signal(SIGUSR1, on_signal);
  if (HAS("environment")) setenv("VECHE_MISBEHAVES", "1", 1);
  if (HAS("thread")) {
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    pthread_detach(thread);
  }
  return VECHE_OK;
}
static void stop(veche_plugin* self) { (void)self; }
static void destroy(veche_plugin* self) { free(self); }

static veche_selector_settings* make_settings(veche_plugin* self, const veche_values* values,
                                              veche_error* error) {
  int64_t x = 0;
  (void)self, (void)error;
  if (values && values->get_integer(values, "/x", &x) == VECHE_OK && x == 9 && HAS("silent"))
    return NULL;
  return calloc(1, sizeof(veche_selector_settings));
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
  (void)room, (void)settings;
}

static void select_tracks(veche_selector_room* room, const veche_room_view* view,
                          veche_selection* selection) {
  if (HAS("allocation")) {
    lost = malloc(view->candidate_count + 1);
    free(lost);
  }
  if (HAS("lock")) {
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
  }
  if (HAS("sleep")) usleep(1);
  if (HAS("own") && view->candidate_count > 0) {
    for (uint32_t i = 0; i < view->slot_count; ++i) {
      VECHE_AT(veche_slot, selection->slots, view->slot_stride, i)->track =
          view->candidates[0].track;
    }
  }
  if (HAS("beyond"))
    VECHE_AT(veche_slot, selection->slots, view->slot_stride, view->slot_count)->track = 0;
  /* By the type, as if no element could ever grow. */
  if (HAS("slot_stride") && view->slot_count > 1) selection->slots[1].track = 0;
  if (HAS("speaking") && view->candidate_count > 0) selection->speaking[0] = 2;
  if (HAS("dominant")) selection->dominant = 42;
  if (HAS("control_service")) {
    const veche_config* config =
        room->self->host->get_extension(room->self->host, VECHE_HOST_CONFIG);
    int64_t value = 0;
    config->get_integer(room->self->host, "/x", &value);
  }
}

static void decide(veche_plugin* self, void* state, const veche_route* route,
                   const veche_packet* packets, uint32_t packet_count, uint32_t packet_stride,
                   uint32_t* verdicts) {
  (void)self, (void)route, (void)packets, (void)packet_stride;
  for (uint32_t i = 0; i < packet_count; ++i)
    verdicts[i] = HAS("verdict") ? 99 : VECHE_VERDICT_FORWARD;
  /* Not through the C library, which a kit could replace. */
  if (HAS("system_call")) syscall(SYS_getppid);
  if (HAS("state")) memset(state, 1, 17);
}

static void on_event(veche_plugin* self, const veche_event* event) {
  (void)self;
  if (HAS("crash") && strcmp(event->type, "participant.joined") == 0) abort();
}

static void changed(veche_plugin* self, const char* room, const veche_values* values) {
  (void)self;
  if (HAS("room") && strcmp(room, "lobby") != 0 && strstr(values->json, "9")) abort();
}

static void control(veche_plugin* self, const veche_controlled_room* room,
                    veche_room_decision* decision) {
  (void)self;
  if (HAS("target") && room->route_count > 0) decision->routes[0].target = VECHE_TARGET_LAYER(1);
  /* As if elements were as large as their type. */
  if (HAS("stride") && room->session_count > 1) decision->sessions[1].wish_bps = 1;
  if (HAS("decisions"))
    VECHE_AT(veche_track_decision, decision->tracks, decision->track_stride, room->track_count)
        ->reason = 0;
}
static void forget(veche_plugin* self, uint64_t id) { (void)self, (void)id; }
static const char* const reasons[] = {""};
static const veche_controller controller = {.struct_size = sizeof(veche_controller),
                                            .reason_count = 1,
                                            .reasons = reasons,
                                            .control = control,
                                            .forget_session = forget,
                                            .forget_room = forget};

static void* pause_beyond_stop(void* data) {
  usleep(2000000);
  return data;
}
static void* ask_control(void* data) {
  veche_plugin* self = data;
  const veche_rooms* rooms = self->host->get_extension(self->host, VECHE_HOST_ROOMS);
  rooms->set_muted(self->host, "lobby", "ann", 1);
  return NULL;
}
static void start_thread(void* (*run)(void*), veche_plugin* self, int joins) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, self) != 0) return;
  if (joins)
    pthread_join(thread, NULL);
  else
    pthread_detach(thread);
}

static veche_status admit(veche_plugin* self, const veche_admission_request* request,
                          veche_admission* admission, veche_error* error) {
  (void)error;
  if (HAS("admit_status")) return 7;
  if (HAS("admit_silent") && request->participant_count > 3) return VECHE_E_INVALID;
  if (HAS("admit_flag")) admission->muted = 2;
  if (HAS("admit_attributes")) admission->attributes = "[]";
  if (HAS("admit_beyond")) memset(admission + 1, 0, 8);
  if (HAS("admit_crash") && strchr(request->name, '%')) abort();
  if (HAS("admit_thread")) start_thread(pause_beyond_stop, self, 0);
  return VECHE_OK;
}
static const veche_admission_policy admission_policy = {
    .struct_size = sizeof(veche_admission_policy), .admit = admit};

static veche_status on_message(veche_plugin* self, const veche_client_message* message,
                               veche_error* error) {
  const char* text = "";
  message->values->get_string(message->values, "/text", &text);
  if (HAS("message_status")) return -99;
  if (HAS("message_silent") && strlen(text) > 40) return VECHE_E_EXHAUSTED;
  if (HAS("message_unended")) {
    memset(error->message, 'x', sizeof error->message);
    return VECHE_E_INVALID;
  }
  if (HAS("message_crash") && strchr(text, '%')) abort();
  if (HAS("message_thread")) start_thread(pause_beyond_stop, self, 0);
  if (HAS("message_stray")) start_thread(ask_control, self, 1);
  return VECHE_OK;
}
static const veche_client_messages client_messages = {
    .struct_size = sizeof(veche_client_messages),
    .schema =
        "{\"type\": \"object\", \"required\": [\"text\"], \"properties\": {\"text\": {"
        "\"type\": \"string\", \"minLength\": 1, \"maxLength\": 50}}}",
    .on_message = on_message};

static const veche_selector selector = {.struct_size = sizeof(veche_selector),
                                        .make_settings = make_settings,
                                        .free_settings = free_settings,
                                        .open = open_room,
                                        .close = close_room,
                                        .use_settings = use_settings,
                                        .select = select_tracks};
static const veche_packet_policy policy = {
    .struct_size = sizeof(veche_packet_policy), .state_size = 16, .decide = decide};
static const veche_observer observer = {.struct_size = sizeof(veche_observer),
                                        .on_event = on_event};

static const veche_room_settings room_settings = {
    .struct_size = sizeof(veche_room_settings), .schema = SCHEMA, .changed = changed};

static const void* get_extension(const char* id) {
  if (strcmp(id, VECHE_EXT_ROOM_SETTINGS) == 0) return &room_settings;
  if (strcmp(id, VECHE_EXT_SELECTOR) == 0) return &selector;
  if (strcmp(id, VECHE_EXT_PACKET_POLICY) == 0) return &policy;
  if (strcmp(id, VECHE_EXT_CONTROLLER) == 0) return &controller;
  if (strcmp(id, VECHE_EXT_ADMISSION) == 0) return &admission_policy;
  if (strcmp(id, VECHE_EXT_CLIENT_MESSAGES) == 0) return &client_messages;
  return strcmp(id, VECHE_EXT_OBSERVER) == 0 || HAS("unknown_id") ? &observer : NULL;
}

ENTRY("org.example.misbehaves", "Has the fault: " FAULT ".", .needs = LIST(VECHE_HOST_CONFIG),
      .offers = LIST(VECHE_EXT_SELECTOR, VECHE_EXT_PACKET_POLICY, VECHE_EXT_OBSERVER,
                     VECHE_EXT_ROOM_SETTINGS, VECHE_EXT_CONTROLLER, VECHE_EXT_ADMISSION,
                     VECHE_EXT_CLIENT_MESSAGES),
      .config_schema = SCHEMA);
