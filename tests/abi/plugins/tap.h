/* SPDX-License-Identifier: Apache-2.0 */
/* What the test shares with the tap plugin: a journal of what came. */
#ifndef TAP_H
#define TAP_H

#include <pthread.h>
#include <stdint.h>
#include <veche/track_tap.h>

#define TAP_MAX_PACKETS 4096u

typedef struct tap_packet {
  uint8_t bytes[64]; /* the first of them */
  size_t size;
  int64_t pts_ns;
  int64_t capture_ns; /* -1: not said */
} tap_packet;

/* The schema's "journal": the address of a tap_journal as text, because plugin and test are one
 * process. Everything under the lock, but the host. */
typedef struct tap_journal {
  pthread_mutex_t lock;
  uint32_t declined, opened, closed, ends_of_stream;
  uint32_t closed_at_stop; /* how many had been closed when stop() was called */
  uint32_t decline;        /* 1: open() wants nothing; the test may change it */
  uint64_t track;          /* the newest, and what was said of it */
  char room[65], participant[65], name[65], codec[32];
  uint32_t kind, clock_rate, channels, payload_type, ssrc, audio_level_extension;
  char caps[1024];
  veche_status status; /* of the newest closed() */
  char reason[256];
  uint64_t dropped;
  uint32_t packet_count; /* of all taps; only the first TAP_MAX_PACKETS are kept */
  tap_packet packets[TAP_MAX_PACKETS];
  const veche_host* host; /* set by create(), for the test to call */
  const veche_taps* taps;
} tap_journal;

#endif
