/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin for the next major version: all that a host of this one can see of it is its symbol. */
extern __attribute__((visibility("default"))) const int veche_plugin_entry_2;
const int veche_plugin_entry_2 = 2;
