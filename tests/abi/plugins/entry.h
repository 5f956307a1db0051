/* SPDX-License-Identifier: Apache-2.0 */
/* The entry of a test plugin that has the usual functions: create, start, stop, destroy and
 * get_extension. */
#ifndef VECHE_TESTS_ABI_ENTRY_H
#define VECHE_TESTS_ABI_ENTRY_H

#include <stddef.h>
#include <veche/plugin.h>

/* What a plugin with something wrong, or of another version, defines before it includes this. */
#ifndef STRUCT_SIZE
#define STRUCT_SIZE sizeof(veche_plugin_entry)
#endif
#ifndef ABI_MINOR
#define ABI_MINOR VECHE_ABI_MINOR
#endif
#ifndef VERSION
#define VERSION "1.0.0"
#endif

/* Services or extensions; LIST(NULL) is none. */
#define LIST(...) ((const char* const[]){__VA_ARGS__, NULL})

/* The rest are further members, such as .needs = LIST(VECHE_HOST_LOG). */
#define ENTRY(id_text, summary_text, ...)                                          \
  const veche_plugin_entry veche_plugin_entry_1 = {.struct_size = STRUCT_SIZE,     \
                                                   .abi_minor = ABI_MINOR,         \
                                                   .id = id_text,                  \
                                                   .version = VERSION,             \
                                                   .license = "Apache-2.0",        \
                                                   .summary = summary_text,        \
                                                   .create = create,               \
                                                   .start = start,                 \
                                                   .stop = stop,                   \
                                                   .destroy = destroy,             \
                                                   .get_extension = get_extension, \
                                                   __VA_ARGS__}

#endif
