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
  uint32_t ssrc;                  /* 0: not announced */
  uint32_t audio_level_extension; /* id of the packets' RFC 6464 header extension; 0: none */
  uint32_t reserved;
  const char* name; /* the participant's, for people, when the track appeared */
} veche_track;

struct _GstElement;

typedef struct veche_track_tap {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] A track has appeared, or was there when the plugin began, or veche_taps.open() asked
   * for it. Returns a floating element, mostly a bin, with one sink pad named "sink" that takes
   * application/x-rtp; the host owns it from now on. Null: the track is not wanted.
   *
   * The host puts it into a pipeline of its own, whose thread runs it, behind a queue of 256
   * packets of audio or 2048 of video that drops the oldest when the element is slow. Its state is
   * changed on a thread of the tap's, so it may block there, and in its chain function, without
   * harm to anybody else; but a tap whose element never comes back from a state change never ends,
   * and stop() waits for it.
   *
   * Buffers hold one RTP packet each, as the publisher sent it, decrypted. Their PTS, which is
   * their running time too, is the arrival: nanoseconds of the system's monotonic clock. That is
   * past when they come, so a sink that waits for its clock (sync) does not wait, but may find them
   * late: turn it off. When the publisher has sent a sender report (on the wire path), a
   * GstReferenceTimestampMeta with the caps "timestamp/x-veche-capture" says when the packet's
   * first sample was captured, by the same clock: for lips and for mixing. Nothing is reordered or
   * repaired, and muted packets do not come. */
  struct _GstElement* (*open)(veche_plugin* self, const veche_track* track);
  /* [control] Once for each element that open() has returned: the tap has ended, and the element is
   * gone. VECHE_OK after the track ended, veche_taps.close(), or before stop(): end of stream has
   * passed through the element, or has not within 10 s; also when the element has ended by itself.
   * VECHE_E_INVALID if the element could not be used: it was not floating (then the host has not
   * touched it), or has no such pad. VECHE_E_INTERNAL if it has failed: reason says which element,
   * and how. dropped: packets that came while the tap was open and did not reach the element. */
  void (*closed)(veche_plugin* self, uint64_t track, veche_status status, const char* reason,
                 uint64_t dropped);
} veche_track_tap;

/* The host service for taps that begin or end in the middle of a track. */
typedef struct veche_taps {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Calls veche_track_tap.open() for a track that is there and not tapped by this plugin.
   * VECHE_E_GONE if there is no such track, VECHE_E_INVALID if it is tapped already, also while
   * that tap ends, or from within open(). */
  veche_status (*open)(const veche_host* host, uint64_t track);
  /* [control] Ends a tap; veche_track_tap.closed() follows later. VECHE_E_GONE if there is none. */
  veche_status (*close)(const veche_host* host, uint64_t track);
} veche_taps;

#ifdef __cplusplus
}
#endif
#endif
