/* SPDX-License-Identifier: Apache-2.0
 * Takes the place of libgupnp-igd in a process (LD_PRELOAD). Debian 12's whip-client needs it: it
 * is linked with libsoup 2, libnice brings libsoup 3 by way of that library, and libsoup ends a
 * process that has both. */
#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))

/* For g_signal_connect() alone, which is never reached. */
EXPORT unsigned long gupnp_simple_igd_get_type(void) { return 0; }

/* libnice goes on without UPnP. */
EXPORT void* gupnp_simple_igd_thread_new(void) { return NULL; }

EXPORT void gupnp_simple_igd_add_port(void) {}
EXPORT void gupnp_simple_igd_remove_port_local(void) {}
