/* SPDX-License-Identifier: Apache-2.0 */
/* The services a host offers to plugins: log, configuration, and the control loop. */
#ifndef VECHE_HOST_H
#define VECHE_HOST_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_HOST_LOG "veche.log/1"
#define VECHE_HOST_CONFIG "veche.config/1"
#define VECHE_HOST_LOOP "veche.loop/1"

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
  /* [any but lane] Runs callback on control, soon. Dropped, without being run, once stop() has been
   * called. */
  veche_status (*post)(const veche_host* host, veche_callback callback, void* data);
  /* [control] Runs callback on control every interval_ms (>= 10) until cancelled or stop(). 0 on
   * failure. */
  uint64_t (*add_timer)(const veche_host* host, uint32_t interval_ms, veche_callback callback,
                        void* data);
  /* [control] VECHE_E_GONE if there is no such timer. The callback does not run any more after
   * this. */
  veche_status (*cancel_timer)(const veche_host* host, uint64_t timer);
} veche_loop;

#ifdef __cplusplus
}
#endif
#endif
