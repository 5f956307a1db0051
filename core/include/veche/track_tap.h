/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.track-tap/1": gets the packets of a track as they came, in a GStreamer bin of
 * the plugin's own. The only header that knows GStreamer. */
#ifndef VECHE_TRACK_TAP_H
#define VECHE_TRACK_TAP_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_TRACK_TAP "veche.track-tap/1"
#define VECHE_HOST_TAPS "veche.taps/1"

/* A track that may be tapped. The memory is the host's and valid during the call. */
typedef struct veche_track {
  uint32_t struct_size;
  uint32_t kind;  /* VECHE_KIND_* of selector.h */
  uint64_t track; /* never 0 and never used again */
  const char* room;
  const char* participant; /* its name in URLs */
  const char* codec;       /* the encoding name of its rtpmap in lower case: "opus" */
  const char* fmtp;        /* its format parameters (RFC 8866 section 6.15), or "" */
  uint32_t clock_rate;
  uint32_t channels; /* of audio */
  uint32_t payload_type;
  uint32_t ssrc; /* 0: not announced */
} veche_track;

struct _GstElement;

typedef struct veche_track_tap {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] A track has appeared, or veche_taps.open() asked for it. Returns a floating element,
   * mostly a bin, with one sink pad named "sink" that takes application/x-rtp; the host owns it
   * from now on. Null: the track is not wanted.
   *
   * The host puts it into a pipeline of its own, behind a queue of 2 s that drops the oldest
   * packets when the element is slow. Buffers hold one RTP packet each, as the publisher sent it,
   * decrypted. Their PTS is the arrival: nanoseconds of the system's monotonic clock. When the
   * publisher has sent a sender report, a GstReferenceTimestampMeta with the caps
   * "timestamp/x-veche-capture" says when the packet's first sample was captured, by the same
   * clock: for lips and for mixing. Nothing is reordered or repaired, and muted packets do not
   * come. */
  struct _GstElement* (*open)(veche_plugin* self, const veche_track* track);
  /* [control] The tap has ended, and the element is gone: with VECHE_OK after the track ended or
   * veche_taps.close(), and end of stream has passed through the element, or has not within 10 s;
   * else with the reason. dropped: packets that the queue dropped. */
  void (*closed)(veche_plugin* self, uint64_t track, veche_status status, const char* reason,
                 uint64_t dropped);
} veche_track_tap;

/* The host service for taps that begin or end in the middle of a track. */
typedef struct veche_taps {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Calls veche_track_tap.open() for a track that is there and not tapped by this plugin.
   * VECHE_E_GONE if there is no such track, VECHE_E_INVALID if it is tapped already. */
  veche_status (*open)(const veche_host* host, uint64_t track);
  /* [control] Ends a tap; veche_track_tap.closed() follows later. VECHE_E_GONE if there is none. */
  veche_status (*close)(const veche_host* host, uint64_t track);
} veche_taps;

#ifdef __cplusplus
}
#endif
#endif
