/* SPDX-License-Identifier: Apache-2.0 */
/* The entry of a plugin: what it says of itself, how it is created, started, stopped and destroyed.
 */
#ifndef VECHE_PLUGIN_H
#define VECHE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface is unstable while the minor version is 0: a plugin is built with the headers of its
 * server.
 *
 * Rules for every struct that is passed by pointer: it begins with struct_size; fields are appended
 * and never moved; a reader asks VECHE_HAS() before it touches a field that is newer than the
 * struct itself. Elements of arrays on the hot path have no struct_size: their size belongs to the
 * revision in the extension's id ("/1"). Strings are UTF-8 and borrowed until the call returns. Who
 * allocates frees.
 *
 * Thread tags: [control] the control thread, never concurrent, may allocate, returns within about 5
 * ms. [lane] a lane's thread: no allocation, lock, system call, log or exception. [any] every
 * thread. */
#define VECHE_ABI_MINOR 0u

/* True if the struct behind p is new enough to have the field. */
#define VECHE_HAS(p, type, field) \
  ((p)->struct_size >= (uint32_t)(offsetof(type, field) + sizeof(((type*)0)->field)))

#if defined(__GNUC__)
#define VECHE_EXPORT __attribute__((visibility("default")))
#else
#define VECHE_EXPORT
#endif

/* Status codes: 0 is success, all others are negative. Unknown codes are treated as
 * VECHE_E_INTERNAL. */
typedef int32_t veche_status;
#define VECHE_OK 0
#define VECHE_E_INVALID (-1)     /* an argument or a setting is wrong */
#define VECHE_E_GONE (-2)        /* the object of this id does not exist any more */
#define VECHE_E_UNSUPPORTED (-3) /* this host or plugin cannot do that */
#define VECHE_E_EXHAUSTED (-4)   /* a limit is reached */
#define VECHE_E_INTERNAL (-5)    /* anything else; the message says what */

/* Where a function that fails puts its reason. The caller owns the memory and has set struct_size.
 */
typedef struct veche_error {
  uint32_t struct_size;
  int32_t code;
  char message[248]; /* terminated by 0 */
} veche_error;

/* What the plugin's own state is, is the plugin's business. */
typedef struct veche_plugin veche_plugin;

/* The host as one plugin instance sees it. Owned by the host, valid from create() until destroy()
 * has returned. */
typedef struct veche_host {
  uint32_t struct_size;
  uint32_t abi_minor; /* of the host */
  /* [control] The table of a host service (host.h). Null: this host does not have it. */
  const void* (*get_extension)(const struct veche_host* host, const char* id);
} veche_host;

typedef struct veche_plugin_entry {
  uint32_t struct_size;
  uint32_t abi_minor;  /* VECHE_ABI_MINOR of the headers it was compiled with */
  const char* id;      /* reverse DNS, unique: "org.example.stage" */
  const char* version; /* of the plugin, semantic versioning */
  const char* license; /* SPDX expression */
  const char* summary; /* one sentence */
  const char*
      config_schema; /* JSON Schema of its part of the configuration, or null: it has none */
  const char* const*
      needs; /* ids of host services without which it cannot run, terminated by null */
  const char* const*
      offers; /* ids of the extensions it implements, terminated by null, not empty */
  /* [control] Makes the instance, which the plugin owns. Null on failure, with the reason in error.
   * The configuration is already valid. */
  veche_plugin* (*create)(const veche_host* host, veche_error* error);
  /* [control & !started] Begins to work. On failure destroy() follows. */
  veche_status (*start)(veche_plugin* self, veche_error* error);
  /* [control & started] Ends all work: no hook is called any more, no timer or post of its own
   * remains. */
  void (*stop)(veche_plugin* self);
  /* [control & !started] Frees the instance. */
  void (*destroy)(veche_plugin* self);
  /* [control] The constant table of an offered extension. Null refuses the plugin. */
  const void* (*get_extension)(const char* id);
} veche_plugin_entry;

/* The only symbol that a plugin exports. The number is the major version of the ABI. */
extern VECHE_EXPORT const veche_plugin_entry veche_plugin_entry_1;

#ifdef __cplusplus
}
#endif
#endif
