/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.track-tap/1": receives the packets of a track as they arrived, in a GStreamer
 * bin of the plugin's own. The only header that knows GStreamer. */
#ifndef VECHE_TRACK_TAP_H
#define VECHE_TRACK_TAP_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_TRACK_TAP "veche.track-tap/1"
#define VECHE_HOST_TAPS "veche.taps/1"

/* The publisher encrypts the track end to end: its packets can be kept, not decoded. */
#define VECHE_TAP_ENCRYPTED 0x1u

/* A track that may be tapped. The host owns the memory, which is valid during the call. */
typedef struct veche_track {
  uint32_t struct_size;
  uint32_t kind;           /* VECHE_KIND_* of selector.h */
  uint64_t track;          /* never 0 and never reused */
  const char* room;        /* its name in URLs */
  const char* participant; /* its name in URLs */
  const char* codec;       /* the encoding name of the rtpmap in lower case: "opus" */
  const char* fmtp;        /* the format parameters (RFC 8866 section 6.15), or "" */
  uint32_t clock_rate;     /* in Hz */
  uint32_t channels;       /* of audio */
  uint32_t payload_type;
  uint32_t ssrc;                  /* 0: not announced */
  uint32_t audio_level_extension; /* id of the packets' RFC 6464 header extension; 0: none */
  uint32_t flags;                 /* VECHE_TAP_*; ignore unknown ones */
  const char* name;               /* the participant's display name when the track appeared */
} veche_track;

struct _GstElement;

typedef struct veche_track_tap {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] A track has appeared, or existed when the plugin started, or veche_taps.open() asked
   * for it. Returns a floating element, usually a bin, with one sink pad named "sink" that takes
   * application/x-rtp; the host owns it from now on. Null: the track is not wanted.
   *
   * The host puts the element into a pipeline of its own, whose thread runs it, behind a queue of
   * 256 packets of audio or 2048 of video that drops the oldest when the element is slow. A thread
   * of the tap changes the element's state, so the element may block there, and in its chain
   * function, without harm to other taps and to calls; but a tap whose element never returns from a
   * state change never ends, and stop() waits for it.
   *
   * Each buffer holds one RTP packet as the publisher sent it, decrypted. Its PTS, which is also
   * its running time, is the arrival in nanoseconds of the system's monotonic clock. That time has
   * passed when the buffer comes, so a sink with sync enabled does not wait but may consider the
   * buffer late: disable sync. Once the publisher has sent a sender report (on the wire path), a
   * GstReferenceTimestampMeta with the caps "timestamp/x-veche-capture" says when the packet's
   * first sample was captured, on the same clock, for lip sync and mixing. The host reorders and
   * repairs nothing, and leaves out muted packets. */
  struct _GstElement* (*open)(veche_plugin* self, const veche_track* track);
  /* [control] Called once for each element that open() has returned: the tap has ended, and the
   * element is gone. status is VECHE_OK if the track ended, after veche_taps.close(), before
   * stop(), and if the element ended by itself; end of stream has then passed through the element,
   * or has failed to within 10 s. VECHE_E_INVALID: the element has no such pad, or is not floating,
   * in which case the host leaves it untouched. VECHE_E_INTERNAL: the element failed; reason says
   * which one, and how. dropped: packets that arrived while the tap was open and did not reach the
   * element. */
  void (*closed)(veche_plugin* self, uint64_t track, veche_status status, const char* reason,
                 uint64_t dropped);
} veche_track_tap;

/* The host service that opens and closes taps in the middle of a track. */
typedef struct veche_taps {
  uint32_t struct_size;
  uint32_t reserved;
  /* [control] Calls veche_track_tap.open() for a track that this plugin does not tap. VECHE_E_GONE
   * if there is no such track, VECHE_E_INVALID if the plugin taps it already, even if that tap is
   * ending, or when called from within open(). */
  veche_status (*open)(const veche_host* host, uint64_t track);
  /* [control] Ends a tap; veche_track_tap.closed() follows later. VECHE_E_GONE if there is none. */
  veche_status (*close)(const veche_host* host, uint64_t track);
} veche_taps;

#ifdef __cplusplus
}
#endif
#endif
