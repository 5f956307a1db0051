// SPDX-License-Identifier: Apache-2.0
// Makes, hooks and takes down a webrtcbin. Why it is done this way: docs/webrtcbin.md.
#include "media/pipeline/pipeline.hpp"

#include <linux/sockios.h>
#include <nice/agent.h>
#include <sys/ioctl.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/time.hpp"
#include "glib/held.hpp"
#include "media/peer/negotiation.hpp"

namespace veche::media {

namespace {

struct PipelineClock {
  glib::Ref<GstClock> clock;
  GstClockTime base_time;
};

const PipelineClock& shared_clock() {
  static const PipelineClock clock = [] {
    const glib::Ref<GstClock> system = glib::adopt(gst_system_clock_obtain());
    return PipelineClock{system, gst_clock_get_time(system.get())};
  }();
  return clock;
}

GstPadProbeReturn drop(GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_DROP; }

bool handle_buffer(Ingress& ingress, GstBuffer* buffer) {
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return false;
  const bool keep = ingress.handle({map.data, map.size}, monotonic_ns());
  gst_buffer_unmap(buffer, &map);
  return keep;
}

GstPadProbeReturn on_rtp(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto& ingress = glib::held<Ingress>(data);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    return handle_buffer(ingress, GST_PAD_PROBE_INFO_BUFFER(info)) ? GST_PAD_PROBE_OK
                                                                   : GST_PAD_PROBE_DROP;
  }
  GstBufferList* list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
  bool keep = true;
  for (guint i = 0; i < gst_buffer_list_length(list); ++i) {
    keep &= handle_buffer(ingress, gst_buffer_list_get(list, i));
  }
  return keep ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

GstPadProbeReturn on_rtcp(GstPad*, GstPadProbeInfo*, gpointer data) {
  glib::held<Ingress>(data).heard(monotonic_ns());
  return GST_PAD_PROBE_OK;
}

constexpr auto kAnyBuffer =
    static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);

}  // namespace

Pipeline::Pipeline(const Settings& settings, glib::WebrtcEvents events,
                   std::shared_ptr<Ingress> ingress)
    : settings_(settings), events_(std::move(events)), ingress_(std::move(ingress)) {}

Pipeline::~Pipeline() {
  if (webrtc_) gst_element_set_state(webrtc_->pipeline(), GST_STATE_NULL);
  carrier_.reset();
  probes_.clear();
}

Result<std::string> Pipeline::negotiate(const sdp::SessionPlan& plan,
                                        const std::vector<rtp::SlotFormat>& slots) {
  const Status made = make_webrtc();
  if (!made) return made.error();
  // This path retransmits nothing, so it does not promise it.
  sdp::SessionPlan without_nack = plan;
  for (sdp::SectionPlan& section : without_nack.sections) section.nack = false;
  return answer_offer(*webrtc_, without_nack, slots, [&]() -> Status {
    const Status status = hook_receiving();
    if (!status) return status.error();
    return make_carrier(plan, slots);
  });
}

Status Pipeline::make_webrtc() {
  Result<std::unique_ptr<glib::WebrtcBin>> webrtc = glib::WebrtcBin::create(std::move(events_));
  if (!webrtc) return webrtc.error();
  webrtc_ = std::move(*webrtc);
  // All pipelines share one clock and one base time, so that running times can be compared.
  GstElement* pipeline = webrtc_->pipeline();
  gst_pipeline_use_clock(GST_PIPELINE(pipeline), shared_clock().clock.get());
  gst_element_set_start_time(pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline, shared_clock().base_time);
  const Status status = configure_agent();
  if (!status) return status.error();
  return webrtc_->play();
}

Status Pipeline::configure_agent() {
  const auto ice = glib::property<GObject>(webrtc_->get(), "ice-agent");
  const auto agent = webrtc_->agent();
  if (!ice || !agent)
    return internal("webrtcbin has no ICE agent: is gstreamer1.0-nice installed?");
  g_object_set(ice.get(), "min-rtp-port", guint{settings_.first_port}, "max-rtp-port",
               guint{settings_.last_port}, nullptr);
  // UPnP and ICE-TCP would cost 14 descriptors a session. With checks as keepalives the agent
  // notices a dead peer.
  g_object_set(agent.get(), "upnp", FALSE, "ice-tcp", FALSE, "keepalive-conncheck", TRUE, nullptr);
  for (const std::string& text : settings_.addresses) {
    // libnice itself finds what a wildcard stands for.
    if (text == "0.0.0.0" || text == "::") continue;
    NiceAddress address;
    nice_address_init(&address);
    if (!nice_address_set_from_string(&address, text.c_str()) ||
        !nice_agent_add_local_address(NICE_AGENT(agent.get()), &address)) {
      return invalid("media.addresses: " + text + " is not an IP address");
    }
  }
  return Ok{};
}

/// In front of rtpbin webrtcbin has a clocksync, a FEC bin and a funnel for each of its sink pads.
/// The carrier takes the funnel's place: packets bypass all of these elements, and none re-sends
/// sticky events when the SSRC changes.
Status Pipeline::make_carrier(const sdp::SessionPlan& plan,
                              const std::vector<rtp::SlotFormat>& slots) {
  const auto first =
      std::find_if(plan.sections.begin(), plan.sections.end(),
                   [](const sdp::SectionPlan& section) { return section.is_slot(); });
  if (first == plan.sections.end()) return Ok{};
  const glib::Ref<GstElement> rtpbin = webrtc_->rtpbin();
  const glib::Ref<GstPad> sink =
      glib::adopt(rtpbin ? gst_element_get_static_pad(rtpbin.get(), "send_rtp_sink_0") : nullptr);
  if (!sink) return internal("webrtcbin has created no pad to send through");
  const glib::Ref<GstPad> funnel = glib::adopt(gst_pad_get_peer(sink.get()));
  if (funnel) gst_pad_unlink(funnel.get(), sink.get());
  Result<std::unique_ptr<Carrier>> carrier =
      Carrier::create(sink.get(), section_caps(*first, slots.front().ssrc).get(), slots.size());
  if (!carrier) return carrier.error();
  carrier_ = std::move(*carrier);
  return Ok{};
}

/// Everything a publisher sends ends here: a probe hands the packets over before rtpbin's session
/// sees them, and another drops them behind it, once it has counted them for its reports. So rtpbin
/// never creates a demultiplexer or a jitter buffer (a thread each), whatever SSRCs a peer sends.
Status Pipeline::hook_receiving() {
  const glib::Ref<GstElement> rtpbin = webrtc_->rtpbin();
  if (!rtpbin) return internal("webrtcbin has no rtpbin");
  GstElement* raw = nullptr;
  g_signal_emit_by_name(rtpbin.get(), "get-session", 0u, &raw);
  const glib::Ref<GstElement> rtpsession = glib::adopt(raw);
  if (!rtpsession) return internal("rtpbin has no session 0");

  const auto hook = [this](GstElement* element, const char* pad_name,
                           GstPadProbeCallback callback) {
    const glib::Ref<GstPad> pad = glib::adopt(gst_element_get_static_pad(element, pad_name));
    if (!pad) return;  // The client publishes nothing, so webrtcbin has not created the pad.
    probes_.emplace_back(pad.get(), kAnyBuffer, callback, glib::hold(ingress_),
                         glib::let_go<Ingress>);
  };
  hook(rtpbin.get(), "recv_rtp_sink_0", on_rtp);
  hook(rtpbin.get(), "recv_rtcp_sink_0", on_rtcp);
  hook(rtpsession.get(), "recv_rtp_src", drop);
  hook(rtpsession.get(), "sync_src", drop);
  return Ok{};
}

Status Pipeline::open() {
  GSocket* socket = nullptr;
  if (const auto agent = webrtc_->agent()) {
    socket = nice_agent_get_selected_socket(NICE_AGENT(agent.get()), 1, NICE_COMPONENT_TYPE_RTP);
    // Not earlier: webrtcbin sets its own when it has the descriptions.
    nice_agent_set_stream_tos(NICE_AGENT(agent.get()), 1, settings_.dscp << 2);
  }
  socket_ = glib::adopt(socket);
  static_cast<void>(silence_ns());  // The first call makes the kernel record time stamps.
  gst_bin_recalculate_latency(GST_BIN(webrtc_->pipeline()));
  return carrier_ ? carrier_->open() : Status(Ok{});
}

std::optional<int64_t> Pipeline::silence_ns() const {
  timespec last{};
  if (!socket_ || ioctl(g_socket_get_fd(socket_.get()), SIOCGSTAMPNS, &last) != 0) return {};
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return (now.tv_sec - last.tv_sec) * kNsPerS + (now.tv_nsec - last.tv_nsec);
}

}  // namespace veche::media
