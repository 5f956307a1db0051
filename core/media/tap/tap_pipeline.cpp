// SPDX-License-Identifier: Apache-2.0
// An appsrc as the queue: its thread runs the element, so an element that stalls blocks nothing
// else.
#include "media/tap/tap_pipeline.hpp"

#include <gst/app/gstappsrc.h>

#include <utility>

#include "glib/bus_error.hpp"
#include "glib/held.hpp"
#include "media/tap/tap_caps.hpp"

namespace veche::media {
namespace {

std::string name_of(gpointer object) {
  return glib::StringPtr(gst_object_get_name(GST_OBJECT(object))).get();
}

}  // namespace

TapPipeline::TapPipeline(size_t max_packets)
    : max_packets_(max_packets),
      pipeline_(glib::sink(gst_pipeline_new(nullptr))),
      taken_(std::make_shared<Counter>()) {}

Result<std::unique_ptr<TapPipeline>> TapPipeline::create(const TrackInfo& track,
                                                         const glib::Ref<GstElement>& element,
                                                         TapEvents events) {
  std::unique_ptr<TapPipeline> made(
      new TapPipeline(track.kind == sdp::MediaKind::Audio ? kMaxAudioPackets : kMaxVideoPackets));
  if (const Status linked = made->link(track, element.get()); !linked) return linked.error();
  made->watch_bus(std::move(events));
  return made;
}

Status TapPipeline::link(const TrackInfo& track, GstElement* element) {
  const glib::Ref<GstPad> sink = glib::adopt(gst_element_get_static_pad(element, "sink"));
  if (!sink || gst_pad_get_direction(sink.get()) != GST_PAD_SINK) {
    return invalid("the element " + name_of(element) + " has no sink pad named \"sink\"");
  }
  source_ = glib::sink(gst_element_factory_make("appsrc", "tap"));
  if (!source_) return internal("GStreamer has no appsrc: install gstreamer1.0-plugins-base");
  const glib::Ref<GstCaps> caps = tap_caps(track);
  g_object_set(source_.get(), "caps", caps.get(), "format", GST_FORMAT_TIME, "is-live", TRUE,
               "emit-signals", FALSE, "max-bytes", guint64{0}, "max-time", guint64{0},
               "max-buffers", guint64{max_packets_}, "leaky-type", GST_APP_LEAKY_TYPE_DOWNSTREAM,
               nullptr);
  // Timestamps are on the system's monotonic clock.
  const glib::Ref<GstClock> clock = glib::adopt(gst_system_clock_obtain());
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
  gst_element_set_start_time(pipeline_.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline_.get(), 0);
  gst_bin_add(GST_BIN(pipeline_.get()), source_.get());
  if (gst_bin_add(GST_BIN(pipeline_.get()), element) == FALSE) {
    return invalid("the element " + name_of(element) + " is in use already, or named \"tap\"");
  }
  element_ = element;
  const glib::Ref<GstPad> source = glib::adopt(gst_element_get_static_pad(source_.get(), "src"));
  if (gst_pad_link(source.get(), sink.get()) != GST_PAD_LINK_OK) {
    return invalid("the sink pad of " + name_of(element) + " takes no application/x-rtp");
  }
  probe_ = glib::PadProbe(
      source.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad*, GstPadProbeInfo*, gpointer data) {
        glib::held<Counter>(data).add();
        return GST_PAD_PROBE_OK;
      },
      glib::hold(taken_), glib::let_go<Counter>);
  return Ok{};
}

void TapPipeline::watch_bus(TapEvents events) {
  const glib::Ref<GstBus> bus = glib::adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline_.get())));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus*, GstMessage* message, gpointer data) {
        const auto& to = glib::held<TapEvents>(data);
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) to.error(glib::bus_error(message));
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) to.ended();
        gst_message_unref(message);
        return GST_BUS_DROP;
      },
      glib::hold(std::make_shared<TapEvents>(std::move(events))), glib::let_go<TapEvents>);
}

Status TapPipeline::play() {
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return internal("the element cannot be started");
  }
  plays_.store(true, std::memory_order_release);
  return Ok{};
}

void TapPipeline::stop() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  const glib::Ref<GstBus> bus = glib::adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline_.get())));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
  // A change of state that GStreamer continues on a thread of its own may still hold the pipeline.
  if (element_) gst_bin_remove(GST_BIN(pipeline_.get()), std::exchange(element_, nullptr));
}

void TapPipeline::push(GstBuffer* buffer) {
  pushed_.add();
  push_early();
  if (!early_.empty() || !plays_.load(std::memory_order_acquire)) {
    if (early_.size() == max_packets_) early_.pop_front();
    early_.push_back(glib::share(buffer));
    return;
  }
  // Refused only if the element has already failed; the packet then counts as waiting for ever.
  gst_app_src_push_buffer(GST_APP_SRC(source_.get()), gst_buffer_ref(buffer));
}

void TapPipeline::push_early() {
  if (early_.empty() || !plays_.load(std::memory_order_acquire)) return;
  for (glib::Ref<GstBuffer>& buffer : early_) {
    gst_app_src_push_buffer(GST_APP_SRC(source_.get()), buffer.release());
  }
  early_.clear();
}

void TapPipeline::end() {
  push_early();
  gst_app_src_end_of_stream(GST_APP_SRC(source_.get()));
}

}  // namespace veche::media
