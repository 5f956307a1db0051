/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that taps every track and writes down what comes; its "mode" is what it does wrong. */
#include "tap.h"

#include <gst/gst.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <veche/host.h>

#include "entry.h"

struct veche_plugin {
  tap_journal* journal;
  const char* mode; /* "", or see open_tap() and on_buffer() */
};

static veche_plugin* create(const veche_host* host, veche_error* error) {
  const veche_config* config = host->get_extension(host, VECHE_HOST_CONFIG);
  const char* journal = NULL;
  veche_plugin* self = calloc(1, sizeof *self);
  if (!self) return NULL;
  if (config->get_string(host, "/mode", &self->mode) != VECHE_OK ||
      config->get_string(host, "/journal", &journal) != VECHE_OK ||
      sscanf(journal, "%" SCNxPTR, (uintptr_t*)&self->journal) != 1) {
    snprintf(error->message, sizeof error->message, "there is no journal");
    free(self);
    return NULL;
  }
  self->journal->host = host;
  self->journal->taps = host->get_extension(host, VECHE_HOST_TAPS);
  return self;
}

static veche_status start(veche_plugin* self, veche_error* error) {
  (void)self;
  (void)error;
  return VECHE_OK;
}

static void stop(veche_plugin* self) {
  pthread_mutex_lock(&self->journal->lock);
  self->journal->closed_at_stop = self->journal->closed;
  pthread_mutex_unlock(&self->journal->lock);
}

static void destroy(veche_plugin* self) { free(self); }

static uint32_t note_buffer(tap_journal* journal, GstBuffer* buffer) {
  GstCaps* caps = gst_caps_new_empty_simple("timestamp/x-veche-capture");
  const GstReferenceTimestampMeta* meta = gst_buffer_get_reference_timestamp_meta(buffer, caps);
  gst_caps_unref(caps);
  pthread_mutex_lock(&journal->lock);
  if (journal->packet_count < TAP_MAX_PACKETS) {
    tap_packet* packet = &journal->packets[journal->packet_count];
    packet->size = gst_buffer_get_size(buffer);
    gst_buffer_extract(buffer, 0, packet->bytes, sizeof packet->bytes);
    packet->pts_ns = (int64_t)GST_BUFFER_PTS(buffer);
    packet->capture_ns = meta ? (int64_t)meta->timestamp : -1;
  }
  const uint32_t count = ++journal->packet_count;
  pthread_mutex_unlock(&journal->lock);
  return count;
}

static void note_event(tap_journal* journal, GstEvent* event) {
  pthread_mutex_lock(&journal->lock);
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) ++journal->ends_of_stream;
  if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
    GstCaps* caps = NULL;
    gst_event_parse_caps(event, &caps);
    char* text = gst_caps_to_string(caps);
    snprintf(journal->caps, sizeof journal->caps, "%s", text);
    g_free(text);
  }
  pthread_mutex_unlock(&journal->lock);
}

static GstPadProbeReturn on_data(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  veche_plugin* self = data;
  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    note_event(self->journal, GST_PAD_PROBE_INFO_EVENT(info));
    return GST_PAD_PROBE_OK;
  }
  const uint32_t count = note_buffer(self->journal, GST_PAD_PROBE_INFO_BUFFER(info));
  if (strcmp(self->mode, "error-after-10") == 0 && count == 10) {
    GstElement* element = gst_pad_get_parent_element(pad);
    GST_ELEMENT_ERROR(element, RESOURCE, WRITE, ("the disk is full"), (NULL));
    gst_object_unref(element);
  }
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn stand_still(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  (void)pad;
  (void)info;
  (void)data;
  return GST_PAD_PROBE_OK; /* of a blocking probe: stay where you are */
}

static GstElement* make_bin(veche_plugin* self) {
  GstElement* sink = gst_element_factory_make("fakesink", "disk");
  g_object_set(sink, "sync", FALSE, NULL);
  GstPad* pad = gst_element_get_static_pad(sink, "sink");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data,
                    self, NULL);
  if (strcmp(self->mode, "stall") == 0) {
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, stand_still, NULL,
                      NULL);
  }
  GstElement* bin = gst_bin_new(NULL);
  gst_bin_add(GST_BIN(bin), sink);
  gst_element_add_pad(bin, gst_ghost_pad_new("sink", pad));
  gst_object_unref(pad);
  return bin;
}

static struct _GstElement* open_tap(veche_plugin* self, const veche_track* track) {
  tap_journal* journal = self->journal;
  pthread_mutex_lock(&journal->lock);
  const uint32_t decline = journal->decline;
  journal->declined += decline;
  journal->opened += 1 - decline;
  journal->track = track->track;
  journal->kind = track->kind;
  journal->clock_rate = track->clock_rate;
  journal->channels = track->channels;
  journal->payload_type = track->payload_type;
  journal->ssrc = track->ssrc;
  journal->audio_level_extension = track->audio_level_extension;
  snprintf(journal->room, sizeof journal->room, "%s", track->room);
  snprintf(journal->participant, sizeof journal->participant, "%s", track->participant);
  snprintf(journal->name, sizeof journal->name, "%s", track->name);
  snprintf(journal->codec, sizeof journal->codec, "%s", track->codec);
  pthread_mutex_unlock(&journal->lock);
  if (decline) return NULL;
  if (strcmp(self->mode, "no-sink-pad") == 0) return gst_bin_new("padless");
  if (strcmp(self->mode, "not-floating") == 0) return gst_object_ref_sink(make_bin(self));
  if (strcmp(self->mode, "bad-state") == 0) {
    GstElement* sink = gst_element_factory_make("filesink", "disk");
    g_object_set(sink, "location", "/nowhere/at/all", NULL);
    return sink;
  }
  return make_bin(self);
}

static void closed(veche_plugin* self, uint64_t track, veche_status status, const char* reason,
                   uint64_t dropped) {
  (void)track;
  pthread_mutex_lock(&self->journal->lock);
  ++self->journal->closed;
  self->journal->status = status;
  self->journal->dropped = dropped;
  snprintf(self->journal->reason, sizeof self->journal->reason, "%s", reason);
  pthread_mutex_unlock(&self->journal->lock);
}

static const veche_track_tap track_tap = {
    .struct_size = sizeof(veche_track_tap), .open = open_tap, .closed = closed};

static const void* get_extension(const char* id) {
  return strcmp(id, VECHE_EXT_TRACK_TAP) == 0 ? &track_tap : NULL;
}

ENTRY("org.example.tap", "Writes down the packets of every track.",
      .needs = LIST(VECHE_HOST_CONFIG, VECHE_HOST_TAPS), .offers = LIST(VECHE_EXT_TRACK_TAP),
      .config_schema =
          "{\"type\": \"object\", \"required\": [\"journal\"], \"properties\": {"
          "\"journal\": {\"type\": \"string\"},"
          "\"mode\": {\"type\": \"string\", \"default\": \"\"}}}");
