/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a test plugin that has no state. */
#ifndef VECHE_TESTS_ABI_IDLE_LIFE_H
#define VECHE_TESTS_ABI_IDLE_LIFE_H

#include <veche/plugin.h>

struct veche_plugin {
  int unused;
};

static veche_plugin instance;

static veche_plugin* create(const veche_host* host, veche_error* error) {
  (void)host;
  (void)error;
  return &instance;
}
static veche_status start(veche_plugin* self, veche_error* error) {
  (void)self;
  (void)error;
  return VECHE_OK;
}
static void stop(veche_plugin* self) { (void)self; }
static void destroy(veche_plugin* self) { (void)self; }

#endif
