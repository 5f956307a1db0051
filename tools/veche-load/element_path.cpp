// SPDX-License-Identifier: Apache-2.0
// The element path: packets enter at webrtcbin's pad, and are read between SRTP and rtpbin.
#include <utility>

#include "base/time.hpp"
#include "media_path.hpp"

namespace veche::load {
namespace {

GstPadProbeReturn on_packet(GstPad*, GstPadProbeInfo* info, gpointer data) {
  GstMapInfo map;
  if (gst_buffer_map(GST_PAD_PROBE_INFO_BUFFER(info), &map, GST_MAP_READ)) {
    static_cast<Receiver*>(data)->take({map.data, map.size}, monotonic_ns());
    gst_buffer_unmap(GST_PAD_PROBE_INFO_BUFFER(info), &map);
  }
  return GST_PAD_PROBE_OK;
}

/// After rtpbin's session has counted a packet for its reports, the packet is dropped: it needs
/// neither demultiplexer nor jitter buffer.
GstPadProbeReturn on_counted(GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_DROP; }

class ElementPath final : public MediaPath {
 public:
  ElementPath(glib::Ref<GstElement> pipeline, GstPad* sink, glib::Ref<GstCaps> caps,
              std::shared_ptr<Receiver> receiver)
      : pipeline_(std::move(pipeline)),
        caps_(std::move(caps)),
        receiver_(std::move(receiver)),
        pad_(glib::sink(gst_pad_new("generator", GST_PAD_SRC))) {
    // The pad belongs to no element, so the hierarchy check would refuse it.
    gst_pad_link_full(pad_.get(), sink, GST_PAD_LINK_CHECK_NOTHING);
    gst_pad_set_active(pad_.get(), TRUE);
  }

  void see(GstElement* element, std::string_view factory) override {
    // Timestamps do not pace packets: the generator does.
    if (factory == "clocksync") g_object_set(element, "sync", FALSE, nullptr);
    if (factory == "srtpdec") probe(element, "rtp_src", on_packet);
  }

  Status open(uint8_t /*transport_cc*/) override {
    gst_bin_recalculate_latency(GST_BIN(pipeline_.get()));
    const auto rtpbin = glib::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "rtpbin"));
    GstElement* raw = nullptr;
    if (rtpbin) g_signal_emit_by_name(rtpbin.get(), "get-session", 0u, &raw);
    const auto session = glib::adopt(raw);
    if (!session || !probe(session.get(), "recv_rtp_src", on_counted)) {
      return internal("webrtcbin has no receiving session");
    }
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    const bool opened = gst_pad_push_event(pad_.get(), gst_event_new_stream_start("microphone")) &&
                        gst_pad_push_event(pad_.get(), gst_event_new_caps(caps_.get())) &&
                        gst_pad_push_event(pad_.get(), gst_event_new_segment(&segment));
    if (!opened) return internal("webrtcbin refuses the microphone's events");
    return Ok{};
  }

  void close() override {}

  bool send(std::span<const uint8_t> packet) noexcept override {
    GstBuffer* buffer = gst_buffer_new_memdup(packet.data(), packet.size());
    GST_BUFFER_PTS(buffer) = gst_element_get_current_running_time(pipeline_.get());
    return gst_pad_push(pad_.get(), buffer) == GST_FLOW_OK;
  }

 private:
  /// The receiver outlives the pipeline's threads: the client holds both.
  bool probe(GstElement* element, const char* name, GstPadProbeCallback callback) {
    const auto pad = glib::adopt(gst_element_get_static_pad(element, name));
    return pad && gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, callback, receiver_.get(),
                                    nullptr) != 0;
  }

  const glib::Ref<GstElement> pipeline_;
  const glib::Ref<GstCaps> caps_;
  const std::shared_ptr<Receiver> receiver_;
  const glib::Ref<GstPad> pad_;
};

}  // namespace

std::shared_ptr<MediaPath> make_element_path(glib::Ref<GstElement> pipeline, GstPad* sink,
                                             glib::Ref<GstCaps> caps,
                                             std::shared_ptr<Receiver> receiver) {
  return std::make_shared<ElementPath>(std::move(pipeline), sink, std::move(caps),
                                       std::move(receiver));
}

}  // namespace veche::load
