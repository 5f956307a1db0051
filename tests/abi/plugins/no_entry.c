/* SPDX-License-Identifier: Apache-2.0 */
/* A shared library that is no plugin. Opening it would end the test. */
#include <stdlib.h>

__attribute__((constructor)) static void on_open(void) { abort(); }

extern __attribute__((visibility("default"))) const int some_library;
const int some_library = 1;
