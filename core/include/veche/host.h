/* SPDX-License-Identifier: Apache-2.0 */
/* The services that a host offers to plugins: log, configuration, the control loop, rooms and
 * metrics. A service that belongs to one extension is in that extension's header. */
#ifndef VECHE_HOST_H
#define VECHE_HOST_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_HOST_LOG "veche.log/1"
#define VECHE_HOST_CONFIG "veche.config/1"
#define VECHE_HOST_LOOP "veche.loop/2"
#define VECHE_HOST_ROOMS "veche.rooms/2"
#define VECHE_HOST_METRICS "veche.metrics/2"

#define VECHE_LOG_ERROR 1u
#define VECHE_LOG_WARNING 2u
#define VECHE_LOG_INFO 3u
#define VECHE_LOG_DEBUG 4u

typedef struct veche_log {
  uint32_t struct_size;
  /* [any but lane] Writes one line, prefixed with the plugin's name. */
  void (*write)(const veche_host* host, uint32_t level, const char* message);
  /* [any but lane] Says that the plugin has failed in the hook that runs on this thread, or
   * elsewhere in its own work: the server counts that in the hook's failures, or in those of
   * "loop.callback", and writes the line "<what> failed: <why>" as an error. */
  void (*fail)(const veche_host* host, const char* what, const char* why);
} veche_log;

/* Values of the plugin's configuration by JSON pointer (RFC 6901), such as "/max_speakers". The
 * configuration is valid and has its defaults filled in. All [control]. VECHE_E_INVALID if there is
 * no such value, or it has another type. *value is then unchanged. */
typedef struct veche_config {
  uint32_t struct_size;
  veche_status (*get_integer)(const veche_host* host, const char* pointer, int64_t* value);
  veche_status (*get_number)(const veche_host* host, const char* pointer, double* value);
  veche_status (*get_boolean)(const veche_host* host, const char* pointer, int32_t* value);
  /* The host owns *value, which lives until destroy(). */
  veche_status (*get_string)(const veche_host* host, const char* pointer, const char** value);
  /* The whole configuration as JSON text, owned by the host, valid until destroy(). */
  const char* (*get_json)(const veche_host* host);
} veche_config;

typedef void (*veche_callback)(void* data);

typedef struct veche_loop {
  uint32_t struct_size;
  /* [any but lane] Runs callback on control, soon. After VECHE_OK the host calls exactly one of the
   * two with data: callback, or drop if the host stops the plugin before; either frees what data
   * owns. drop runs on control, before stop(); null: there is nothing to free. VECHE_E_GONE once
   * the host begins to stop the plugin; the plugin then still owns data, as after every failure. */
  veche_status (*post)(const veche_host* host, veche_callback callback, veche_callback drop,
                       void* data);
  /* [control] Runs callback on control every interval_ms (>= 10) until cancel_timer() or stop().
   * Returns the timer, 0 on failure. */
  uint64_t (*add_timer)(const veche_host* host, uint32_t interval_ms, veche_callback callback,
                        void* data);
  /* [control] The callback does not run again. VECHE_E_GONE if there is no such timer. */
  veche_status (*cancel_timer)(const veche_host* host, uint64_t timer);
  /* [control] Runs callback once every [lane] call of the plugin that is under way now has
   * returned, or at the latest before stop(): what lanes can no longer find may then be freed.
   * VECHE_E_EXHAUSTED if 1024 such callbacks wait, VECHE_E_GONE once the host begins to stop the
   * plugin, when no lane calls it any more; the plugin then still owns data. */
  veche_status (*after_lanes)(const veche_host* host, veche_callback callback, void* data);
} veche_loop;

/* What a visitor returns: 0 to see the next one, anything else to see no more. */
#define VECHE_VISIT_NEXT 0
#define VECHE_VISIT_END 1

/* One room, as a visitor sees it. Strings are borrowed until the visitor returns. */
typedef struct veche_room_info {
  uint32_t struct_size;
  uint32_t participant_count;
  const char* room;
  int64_t created_unix_ms;
  uint64_t id; /* the number that selectors see */
  /* Tells the room from earlier and later rooms of the same name, on this and other servers. What a
   * plugin keeps of a room beyond its end belongs to this, and not to the name. */
  const char* incarnation;
} veche_room_info;

/* One participant, as a visitor sees it. Pointers are borrowed until the visitor returns. */
typedef struct veche_participant_info {
  uint32_t struct_size;
  uint32_t muted; /* 0 or 1: by the backend or by itself */
  uint64_t id;    /* the number that selectors and controllers see */
  const char* room;
  const char* participant; /* its name in URLs */
  const char* name;        /* for display */
  const char* metadata;    /* a JSON object */
  uint64_t session;        /* 0: no session is connected */
  const uint64_t* tracks;  /* track_count ids of the tracks that it publishes */
  uint32_t track_count;
  uint32_t reserved;
  const char* attributes; /* a JSON object of strings: {"role": "host"} */
} veche_participant_info;

/* All [control]. Rooms exist once the server listens, so a plugin sees none while it starts with
 * the server. A visitor may change rooms and participants; the next visit shows the changes.
 * VECHE_E_GONE if there is no such room or participant. */
typedef struct veche_rooms {
  uint32_t struct_size;
  uint32_t reserved;
  veche_status (*visit_rooms)(const veche_host* host,
                              int32_t (*visit)(void* data, const veche_room_info* room),
                              void* data);
  veche_status (*visit_participants)(const veche_host* host, const char* room,
                                     int32_t (*visit)(void* data,
                                                      const veche_participant_info* participant),
                                     void* data);
  /* Mutes (1) or unmutes (0) a participant, like PATCH of the API: its own mute stays as it is. */
  veche_status (*set_muted)(const veche_host* host, const char* room, const char* participant,
                            int32_t muted);
  /* Gives a participant a number of the plugin's choice, which the plugin's selector sees with the
   * participant's tracks and sessions from one of the next ticks on, and its packet policy, if it
   * has one, with their routes: what a hook on a lane has to know of a participant is then an index
   * or a set of flags. 0 takes it away, and so does another selector. VECHE_E_UNSUPPORTED unless
   * this plugin selects, as it does from its first select() on. */
  veche_status (*set_tag)(const veche_host* host, const char* room, const char* participant,
                          uint64_t tag);
  /* Emits an event of the room to observers and webhooks. type: "<plugin's name>.<what>", in lower
   * case, with dashes; participant: a name or ""; data: a JSON object of at most 256 KiB. The room
   * may have closed up to 60 s ago, unless more than 1000 others have closed since: the event then
   * carries its name and its next seq, and the participant is not looked up. If a room of that name
   * exists again, the event is that room's. VECHE_E_INVALID if an argument is wrong. */
  veche_status (*emit)(const veche_host* host, const char* room, const char* participant,
                       const char* type, const char* data);
  /* Publishes the plugin's notice to all clients in the room: a JSON object of at most 4 KiB, which
   * replaces the previous one. Null withdraws it, and so does the end of the plugin or of the room.
   * Clients find it in their snapshot under the plugin's name, and within 100 ms of a change in the
   * message "notice"; backends find it in "notices" of GET /v1/rooms/{room}. VECHE_E_INVALID if an
   * argument is wrong, or if the plugin's name is itself a key of snapshots: self, roster,
   * participants, slots, speaking, dominant, pinned, blocked. */
  veche_status (*announce)(const veche_host* host, const char* room, const char* json);
  /* Sends a message to the participant's clients that are connected now, at once, and once: a JSON
   * object of at most 4 KiB, which arrives as the data of {"type": "plugin", "data": {"name": "<the
   * plugin's name>", "data": {...}}}. VECHE_E_GONE if none is connected, or there is no such
   * participant; VECHE_E_INVALID if an argument is wrong. */
  veche_status (*send)(const veche_host* host, const char* room, const char* participant,
                       const char* json);
  /* Removes the participant, like DELETE of the API: its join token ends too, so that it needs
   * another one to join again. detail: for its client, UTF-8 of at most 256 bytes, or null. */
  veche_status (*remove)(const veche_host* host, const char* room, const char* participant,
                         const char* detail);
  /* Replaces the participant's attributes, like PATCH of the API: a JSON object of strings.
   * VECHE_E_INVALID if they are none, or too many. */
  veche_status (*set_attributes)(const veche_host* host, const char* room, const char* participant,
                                 const char* json);
  /* Makes (1) a participant always hear another one of this name, or no longer (0), like "pin" of
   * its client; the other one need not be there. VECHE_E_INVALID if the name is none, or if there
   * are too many. */
  veche_status (*set_pinned)(const veche_host* host, const char* room, const char* participant,
                             const char* other, int32_t pinned);
  /* The number of a participant, as selectors see it; 0: there is none. */
  uint64_t (*id_of)(const veche_host* host, const char* room, const char* participant);
  /* Visits the one participant of that number, in whichever room it is. */
  veche_status (*visit_participant)(const veche_host* host, uint64_t id,
                                    int32_t (*visit)(void* data,
                                                     const veche_participant_info* participant),
                                    void* data);
} veche_rooms;

#define VECHE_METRIC_COUNTER 1u
#define VECHE_METRIC_GAUGE 2u
#define VECHE_METRIC_HISTOGRAM 3u

/* One label of a metric: an array element, whose size belongs to the revision of the service. */
typedef struct veche_metric_label {
  const char* name; /* "reason" */
  /* One of a set that is known when the server starts: never a room or a participant. */
  const char* value;
} veche_metric_label;

/* One metric, as a visitor sees it. Pointers are borrowed until the visitor returns. */
typedef struct veche_metric_info {
  uint32_t struct_size;
  uint32_t kind;      /* VECHE_METRIC_* */
  const char* plugin; /* its name in the configuration; "" for the server's own metrics */
  const char* name;
  const char* help;
  int64_t value;          /* of a counter or gauge; of a histogram, the sum of all values */
  const int64_t* bounds;  /* of a histogram: bound_count upper bounds, inclusive, ascending */
  const uint64_t* counts; /* bound_count + 1 counts: within each bound alone, and above all */
  uint32_t bound_count;
  uint32_t label_count;
  const veche_metric_label* labels; /* label_count of them */
  /* value and bounds times this are in the unit of the name: 1e-9 for a name in seconds whose
   * values are nanoseconds; 1 for the metrics of plugins. */
  double scale;
} veche_metric_info;

/* One metric of the plugin, owned by the host; lives until destroy() has returned. */
typedef struct veche_metric veche_metric;

/* Numbers that operators see in GET /v1/plugins, and that a plugin may export. */
typedef struct veche_metrics {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Adds one of at most 256 metrics of the plugin. name: [a-z][a-z0-9_]*, unique in the
   * plugin, unit last: "switches_total", "latency_us". bounds: 1 to 32 of a histogram, ascending;
   * else null. Null on failure; the log says why. */
  veche_metric* (*add_metric)(const veche_host* host, uint32_t kind, const char* name,
                              const char* help, const int64_t* bounds, uint32_t bound_count);
  /* [any, lanes too] Adds amount to a counter or gauge, or records it in a histogram, with a few
   * relaxed atomic operations. A null metric is ignored. */
  void (*add)(veche_metric* metric, int64_t amount);
  /* [any, lanes too] Sets a gauge. A null metric is ignored. */
  void (*set)(veche_metric* metric, int64_t value);
  /* [control] Visits the metrics of all running plugins, in the order in which they were added. */
  void (*visit)(const veche_host* host,
                int32_t (*visit)(void* data, const veche_metric_info* metric), void* data);
  /* [control] Visits the metrics of the server itself, under their full names: "veche_rooms".
   * Metrics of the same name are adjacent, and their number does not depend on rooms and
   * participants. There are none until the server listens. */
  void (*visit_server)(const veche_host* host,
                       int32_t (*visit)(void* data, const veche_metric_info* metric), void* data);
} veche_metrics;

#ifdef __cplusplus
}
#endif
#endif
