/* SPDX-License-Identifier: Apache-2.0 */
/* The services a host offers to plugins: log, configuration, the control loop, rooms and metrics.
 * Those that belong to one extension are in its header. */
#ifndef VECHE_HOST_H
#define VECHE_HOST_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_HOST_LOG "veche.log/1"
#define VECHE_HOST_CONFIG "veche.config/1"
#define VECHE_HOST_LOOP "veche.loop/1"
#define VECHE_HOST_ROOMS "veche.rooms/1"
#define VECHE_HOST_METRICS "veche.metrics/1"

#define VECHE_LOG_ERROR 1u
#define VECHE_LOG_WARNING 2u
#define VECHE_LOG_INFO 3u
#define VECHE_LOG_DEBUG 4u

typedef struct veche_log {
  uint32_t struct_size;
  /* [any but lane] Writes one line, with the plugin's name in front. */
  void (*write)(const veche_host* host, uint32_t level, const char* message);
} veche_log;

/* Values of the plugin's configuration, valid and with defaults filled in, by JSON pointer (RFC
 * 6901): "/max_speakers". All [control]. VECHE_E_INVALID if there is no such value or it has
 * another type; *value is then untouched. */
typedef struct veche_config {
  uint32_t struct_size;
  veche_status (*get_integer)(const veche_host* host, const char* pointer, int64_t* value);
  veche_status (*get_number)(const veche_host* host, const char* pointer, double* value);
  veche_status (*get_boolean)(const veche_host* host, const char* pointer, int32_t* value);
  /* *value is owned by the host and lives until destroy(). */
  veche_status (*get_string)(const veche_host* host, const char* pointer, const char** value);
  /* The whole configuration as JSON text, owned by the host, until destroy(). */
  const char* (*get_json)(const veche_host* host);
} veche_config;

typedef void (*veche_callback)(void* data);

typedef struct veche_loop {
  uint32_t struct_size;
  /* [any but lane] Runs callback on control, soon; not any more once stop() has been called, and
   * then this returns VECHE_E_GONE. The data of a callback that did not run is still the plugin's.
   */
  veche_status (*post)(const veche_host* host, veche_callback callback, void* data);
  /* [control] Runs callback on control every interval_ms (>= 10) until cancelled or stop(). 0 on
   * failure. */
  uint64_t (*add_timer)(const veche_host* host, uint32_t interval_ms, veche_callback callback,
                        void* data);
  /* [control] VECHE_E_GONE if there is no such timer. The callback does not run any more after
   * this. */
  veche_status (*cancel_timer)(const veche_host* host, uint64_t timer);
} veche_loop;

/* What a visit shows. Strings are borrowed until it returns. */
typedef struct veche_room_info {
  uint32_t struct_size;
  uint32_t participant_count;
  const char* room;
  int64_t created_unix_ms;
  uint64_t id; /* the number that selectors see */
} veche_room_info;

typedef struct veche_participant_info {
  uint32_t struct_size;
  uint32_t muted; /* 0 or 1 */
  uint64_t id;    /* the number that selectors and controllers see */
  const char* room;
  const char* participant; /* its name in URLs */
  const char* name;        /* for people */
  const char* metadata;    /* a JSON object */
  uint64_t session;        /* 0: it has none that is connected */
  const uint64_t* tracks;  /* what it publishes */
  uint32_t track_count;
  uint32_t reserved;
} veche_participant_info;

/* All [control]. Rooms are there once the server listens, so there are none while plugins start.
 * What a visitor changes is seen by the next visit. VECHE_E_GONE if there is no such room,
 * participant or track. */
typedef struct veche_rooms {
  uint32_t struct_size;
  uint32_t reserved;
  veche_status (*visit_rooms)(const veche_host* host,
                              void (*visit)(void* data, const veche_room_info* room), void* data);
  veche_status (*visit_participants)(const veche_host* host, const char* room,
                                     void (*visit)(void* data,
                                                   const veche_participant_info* participant),
                                     void* data);
  /* As the backend does it with PATCH. */
  veche_status (*set_muted)(const veche_host* host, const char* room, const char* participant,
                            int32_t muted);
  /* Video has key frames; VECHE_E_UNSUPPORTED for audio. */
  veche_status (*request_key_frame)(const veche_host* host, uint64_t track);
  /* An event of the room, for observers and webhooks. type: "<plugin's name>.<what>", in lower
   * case, with dashes; participant: a name or ""; data: a JSON object of at most 256 KiB. A room
   * may have closed up to 60 s ago, unless more than 1000 others have since: the event has its name
   * and its next seq, and the participant is not looked up. If there is a room of that name again,
   * it is that room's event. VECHE_E_INVALID if an argument is wrong. */
  veche_status (*emit)(const veche_host* host, const char* room, const char* participant,
                       const char* type, const char* data);
  /* What the clients of everybody in the room are told of this plugin: a JSON object of at most 4
   * KiB, which takes the place of the one before; null takes it back, and so does the end of the
   * plugin or of the room. Clients find it under the plugin's name in their snapshot, and in the
   * message "notice" within 100 ms when it changes; backends in "notices" of GET /v1/rooms/{room}.
   * VECHE_E_INVALID if an argument is wrong, or if a snapshot has a key of the plugin's name
   * itself: self, roster, slots, speaking, dominant, pinned, blocked. */
  veche_status (*announce)(const veche_host* host, const char* room, const char* json);
} veche_rooms;

#define VECHE_METRIC_COUNTER 1u
#define VECHE_METRIC_GAUGE 2u
#define VECHE_METRIC_HISTOGRAM 3u

/* An element of an array, whose size belongs to the revision of the service. */
typedef struct veche_metric_label {
  const char* name;  /* "reason" */
  const char* value; /* of a set that is known when the server starts: never a room or a person */
} veche_metric_label;

typedef struct veche_metric_info {
  uint32_t struct_size;
  uint32_t kind;      /* VECHE_METRIC_* */
  const char* plugin; /* name in the configuration; "" for the server's own */
  const char* name;
  const char* help;
  int64_t value;          /* of a counter or gauge; of a histogram the sum of what was added */
  const int64_t* bounds;  /* of a histogram: upper bounds, inclusive, ascending */
  const uint64_t* counts; /* bound_count + 1 of them: within each bound only, and above all */
  uint32_t bound_count;
  uint32_t label_count;
  const veche_metric_label* labels; /* label_count of them */
  double scale; /* value and bounds times this are in the unit of the name: 1e-9 for a name in
                   seconds whose values are nanoseconds; 1 for plugins' own */
} veche_metric_info;

typedef struct veche_metric veche_metric; /* lives until destroy() has returned */

/* Numbers that operators see in GET /v1/plugins, and that a plugin may export. */
typedef struct veche_metrics {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] name: [a-z][a-z0-9_]*, unique in the plugin, unit last: "switches_total",
   * "latency_us". bounds: of a histogram, 1 to 32, ascending; else null. At most 256 for each
   * plugin. Null on failure. */
  veche_metric* (*add_metric)(const veche_host* host, uint32_t kind, const char* name,
                              const char* help, const int64_t* bounds, uint32_t bound_count);
  /* [any, lanes too] Counters grow by amount, gauges change by it, histograms take it as a value. A
   * few relaxed atomic operations. Null is ignored. */
  void (*add)(veche_metric* metric, int64_t amount);
  /* [any, lanes too] Of a gauge. */
  void (*set)(veche_metric* metric, int64_t value);
  /* [control] Those of all running plugins, in the order in which they were added. */
  void (*visit)(const veche_host* host, void (*visit)(void* data, const veche_metric_info* metric),
                void* data);
  /* [control] Those of the server itself. Their names are whole: "veche_rooms". Those of one name
   * follow each other. How many there are does not depend on rooms and people. None until the
   * server listens. */
  void (*visit_server)(const veche_host* host,
                       void (*visit)(void* data, const veche_metric_info* metric), void* data);
} veche_metrics;

#ifdef __cplusplus
}
#endif
#endif
