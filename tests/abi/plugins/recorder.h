/* SPDX-License-Identifier: Apache-2.0 */
/* What the test shares with the recorder plugin: the journal into which the plugin writes what
 * happens to it. */
#ifndef RECORDER_H
#define RECORDER_H

/* The schema's "journal": the address of a recorder_journal as text, because plugin and test are
 * one process. */
typedef struct recorder_journal {
  char text[4096];
  int timer_ticks;
} recorder_journal;

#endif
