/* SPDX-License-Identifier: Apache-2.0 */
/* The entry of a plugin: its description, and the functions that create, start, stop and destroy
 * an instance. */
#ifndef VECHE_PLUGIN_H
#define VECHE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface is unstable while the minor version is 0: build a plugin with the headers of its
 * server.
 *
 * Every struct that is passed by pointer begins with struct_size. New fields are appended, existing
 * ones never move; a reader checks VECHE_HAS() before it reads a field that is newer than the
 * struct. Elements of arrays have no struct_size: a stride says how far apart they are, and
 * VECHE_AT() finds them. Strings are UTF-8 and borrowed until the call returns. The side that
 * allocates memory frees it. What a revision ("/1") promises of meaning, thread or ownership never
 * changes; a change is another revision.
 *
 * Thread tags:
 * [control] the control thread: calls never overlap, may allocate, return within about 5 ms.
 * [lane]    a lane's thread: no allocation, lock, system call or log line. There are several lanes.
 *           Calls never overlap for one object (a room's state, a route's state), but do for
 *           different objects of one plugin, and an object may move to another lane between two
 *           calls, so nothing may be kept in thread-local variables. Calls of [lane] also overlap
 *           with [control]: both share only what is atomic or does not change.
 * [any]     every thread.
 *
 * No function of a plugin may throw an exception or end its thread (longjmp, pthread_exit): on a
 * lane that ends the process. The host's functions throw nothing. */
#define VECHE_ABI_MINOR 0u

/* True if the struct behind p is new enough to have the field. */
#define VECHE_HAS(p, type, field) \
  ((p)->struct_size >= (uint32_t)(offsetof(type, field) + sizeof(((type*)0)->field)))

/* Element i of an array whose elements are stride bytes apart: elements may grow in later versions
 * of this header, so never index such an array by the type of its elements. */
#define VECHE_AT(type, array, stride, i) \
  ((type*)((char*)(uintptr_t)(const void*)(array) + (size_t)(stride) * (size_t)(i)))

#if defined(__GNUC__)
#define VECHE_EXPORT __attribute__((visibility("default")))
#else
#define VECHE_EXPORT
#endif

/* 0 is success, failures are negative. An unknown code counts as VECHE_E_INTERNAL. */
typedef int32_t veche_status;
#define VECHE_OK 0
#define VECHE_E_INVALID (-1)     /* an argument or a setting is wrong */
#define VECHE_E_GONE (-2)        /* the object of this id does not exist any more */
#define VECHE_E_UNSUPPORTED (-3) /* this host or plugin cannot do that */
#define VECHE_E_EXHAUSTED (-4)   /* a limit is reached */
#define VECHE_E_INTERNAL (-5)    /* anything else; the message says what */

/* A function that fails writes its reason here. The caller owns the memory and sets struct_size. */
typedef struct veche_error {
  uint32_t struct_size;
  int32_t code;
  char message[248]; /* terminated by 0 */
  /* Which value of the settings or of the configuration is wrong, as a JSON pointer (RFC 6901):
   * "/max_speakers"; "": none, or all of it. Terminated by 0. */
  char pointer[128];
} veche_error;

/* A JSON object that the host has checked against the plugin's schema and completed with the
 * schema's defaults. Pointers are those of RFC 6901, such as "/max_speakers". VECHE_E_INVALID if
 * there is no such value, or it has another type: *value is then unchanged. All [control], and
 * valid until the call that got it returns. */
typedef struct veche_values {
  uint32_t struct_size;
  uint32_t reserved;
  const char* json; /* the whole object */
  veche_status (*get_integer)(const struct veche_values* values, const char* pointer,
                              int64_t* value);
  veche_status (*get_number)(const struct veche_values* values, const char* pointer, double* value);
  veche_status (*get_boolean)(const struct veche_values* values, const char* pointer,
                              int32_t* value);
  /* The string is borrowed as long as values. */
  veche_status (*get_string)(const struct veche_values* values, const char* pointer,
                             const char** value);
} veche_values;

/* The plugin's own state, opaque to the host. */
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
  uint32_t abi_minor;  /* VECHE_ABI_MINOR of the headers that the plugin was compiled with */
  const char* id;      /* reverse DNS, unique: "org.example.stage" */
  const char* version; /* of the plugin, semantic versioning */
  const char* license; /* SPDX expression */
  const char* summary; /* one sentence */
  /* JSON Schema of the plugin's part of the configuration; null: it has no configuration. */
  const char* config_schema;
  /* Ids of the host services that the plugin cannot run without, terminated by null. */
  const char* const* needs;
  /* Ids of the extensions that the plugin implements, terminated by null, at least one. */
  const char* const* offers;
  /* [control] Makes an instance, which the plugin owns. The configuration is already valid. Null on
   * failure, with the reason in error. */
  veche_plugin* (*create)(const veche_host* host, veche_error* error);
  /* [control & !started] Begins to work. On failure destroy() follows. */
  veche_status (*start)(veche_plugin* self, veche_error* error);
  /* [control & started] Ends all work. The host calls no hook any more, and has cancelled the
   * instance's timers and posts. */
  void (*stop)(veche_plugin* self);
  /* [control & !started] Frees the instance. */
  void (*destroy)(veche_plugin* self);
  /* [control] The constant table of an offered extension. Null refuses the plugin. */
  const void* (*get_extension)(const char* id);
  /* The lowest minor version of a host that the plugin runs on; an older one refuses it. That is
   * VECHE_ABI_MINOR, unless the plugin asks with VECHE_HAS before it uses anything newer. */
  uint32_t min_host_minor;
  uint32_t reserved;
} veche_plugin_entry;

/* The only symbol that a plugin exports. Its number is the major version of the ABI. */
extern VECHE_EXPORT const veche_plugin_entry veche_plugin_entry_1;

#ifdef __cplusplus
}
#endif
#endif
