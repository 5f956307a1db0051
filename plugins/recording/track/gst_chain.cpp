// SPDX-License-Identifier: Apache-2.0
// Elements between two pads of our own.
#include "recording/track/gst_chain.hpp"

#include <utility>
#include <veche/cpp/failure.hpp>

namespace veche::recording {
namespace {

void require_link(GstPad* source, GstPad* sink, const char* element) {
  // There is no bin around the elements, so the hierarchy is not checked.
  if (gst_pad_link_full(source, sink, GST_PAD_LINK_CHECK_CAPS) == GST_PAD_LINK_OK) return;
  throw Failure(VECHE_E_INTERNAL, std::string("cannot link the GStreamer element ") + element +
                                      " for recording: its version does not fit");
}

}  // namespace

GstChain::GstChain(const std::vector<std::string>& elements, CapsPtr input, CapsPtr accepted,
                   Output output)
    : output_(std::move(output)) {
  for (const std::string& factory : elements) add_element(factory);
  source_.reset(GST_PAD(gst_object_ref_sink(gst_pad_new("to-elements", GST_PAD_SRC))));
  const ObjectPtr<GstPadTemplate> shape(GST_PAD_TEMPLATE(gst_object_ref_sink(
      gst_pad_template_new("from-elements", GST_PAD_SINK, GST_PAD_ALWAYS, accepted.get()))));
  sink_.reset(
      GST_PAD(gst_object_ref_sink(gst_pad_new_from_template(shape.get(), "from-elements"))));
  gst_pad_set_element_private(sink_.get(), this);
  gst_pad_set_chain_function(sink_.get(), &on_buffer);
  gst_pad_set_event_function(sink_.get(), &on_event);
  link();
  gst_pad_set_active(sink_.get(), TRUE);
  gst_pad_set_active(source_.get(), TRUE);
  for (const auto& element : elements_) gst_element_set_state(element.get(), GST_STATE_PLAYING);
  gst_pad_push_event(source_.get(), gst_event_new_stream_start("recording"));
  gst_pad_push_event(source_.get(), gst_event_new_caps(input.get()));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(source_.get(), gst_event_new_segment(&segment));
}

GstChain::~GstChain() {
  for (const auto& element : elements_) gst_element_set_state(element.get(), GST_STATE_NULL);
  for (GstPad* pad : {source_.get(), sink_.get()}) {
    if (!pad) continue;
    gst_pad_set_active(pad, FALSE);
    const ObjectPtr<GstPad> peer(gst_pad_get_peer(pad));
    if (!peer) continue;
    pad == source_.get() ? gst_pad_unlink(pad, peer.get()) : gst_pad_unlink(peer.get(), pad);
  }
}

void GstChain::add_element(const std::string& factory) {
  GstElement* element = gst_element_factory_make(factory.c_str(), nullptr);
  if (!element) {
    throw Failure(VECHE_E_UNSUPPORTED,
                  "the GStreamer element " + factory +
                      " is missing: install the plugins \"good\" and \"bad\" of GStreamer");
  }
  gst_object_ref_sink(element);
  elements_.emplace_back(element);
}

void GstChain::link() {
  GstPad* from = source_.get();
  ObjectPtr<GstPad> kept;
  for (const auto& element : elements_) {
    const ObjectPtr<GstPad> in(gst_element_get_static_pad(element.get(), "sink"));
    require_link(from, in.get(), GST_OBJECT_NAME(element.get()));
    kept.reset(gst_element_get_static_pad(element.get(), "src"));
    from = kept.get();
  }
  require_link(from, sink_.get(), "at the end");
}

GstFlowReturn GstChain::on_buffer(GstPad* pad, GstObject*, GstBuffer* buffer) noexcept {
  static_cast<GstChain*>(gst_pad_get_element_private(pad))->output_.buffer(buffer);
  gst_buffer_unref(buffer);
  return GST_FLOW_OK;
}

gboolean GstChain::on_event(GstPad* pad, GstObject* parent, GstEvent* event) noexcept {
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return gst_pad_event_default(pad, parent, event);
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  static_cast<GstChain*>(gst_pad_get_element_private(pad))->output_.caps(caps);
  gst_event_unref(event);
  return TRUE;
}

}  // namespace veche::recording
