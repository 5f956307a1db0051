// SPDX-License-Identifier: Apache-2.0
// Making, hooking and taking down a webrtcbin. Why it is done this way: docs/webrtcbin.md.
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
#include "media/pipeline/transceivers.hpp"

namespace veche::media {

namespace {

struct Clock {
  glib::Ref<GstClock> clock;
  GstClockTime base_time;
};

const Clock& shared_clock() {
  static const Clock clock = [] {
    const glib::Ref<GstClock> system = glib::adopt(gst_system_clock_obtain());
    return Clock{system, gst_clock_get_time(system.get())};
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

Pipeline::Pipeline(std::unique_ptr<glib::WebrtcBin> webrtc, std::shared_ptr<Ingress> ingress)
    : webrtc_(std::move(webrtc)), ingress_(std::move(ingress)) {}

Result<std::unique_ptr<Pipeline>> Pipeline::create(const Settings& settings,
                                                   glib::WebrtcEvents events,
                                                   std::shared_ptr<Ingress> ingress) {
  Result<std::unique_ptr<glib::WebrtcBin>> webrtc = glib::WebrtcBin::create(std::move(events));
  if (!webrtc) return webrtc.error();
  std::unique_ptr<Pipeline> made(new Pipeline(std::move(*webrtc), std::move(ingress)));
  GstElement* pipeline = made->webrtc_->pipeline();
  gst_pipeline_use_clock(GST_PIPELINE(pipeline), shared_clock().clock.get());
  gst_element_set_start_time(pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline, shared_clock().base_time);

  // Otherwise the answer would tell the user and host name of the server (RFC 7022 section 4.2
  // wants neither).
  const glib::Ref<GstElement> rtpbin = made->webrtc_->rtpbin();
  const glib::StructurePtr sdes(
      gst_structure_new("application/x-rtp-source-sdes", "cname", G_TYPE_STRING, "veche", nullptr));
  if (rtpbin) g_object_set(rtpbin.get(), "sdes", sdes.get(), nullptr);

  Status status = made->configure_agent(settings);
  if (status) status = made->webrtc_->play();
  if (!status) return status.error();
  return made;
}

Pipeline::~Pipeline() {
  gst_element_set_state(webrtc_->pipeline(), GST_STATE_NULL);
  carrier_.reset();
  probes_.clear();
}

Status Pipeline::configure_agent(const Settings& settings) {
  const auto ice = glib::property<GObject>(webrtc_->get(), "ice-agent");
  const auto agent = webrtc_->agent();
  if (!ice || !agent)
    return internal("webrtcbin has no ICE agent: is gstreamer1.0-nice installed?");
  g_object_set(ice.get(), "min-rtp-port", guint{settings.first_port}, "max-rtp-port",
               guint{settings.last_port}, nullptr);
  // UPnP and ICE-TCP would cost 14 descriptors a session; with checks as keepalives a dead peer is
  // noticed.
  g_object_set(agent.get(), "upnp", FALSE, "ice-tcp", FALSE, "keepalive-conncheck", TRUE, nullptr);
  for (const std::string& text : settings.addresses) {
    NiceAddress address;
    nice_address_init(&address);
    if (!nice_address_set_from_string(&address, text.c_str()) ||
        !nice_agent_add_local_address(NICE_AGENT(agent.get()), &address)) {
      return invalid("media.addresses: " + text + " is not an IP address");
    }
  }
  return Ok{};
}

Result<std::string> Pipeline::negotiate(const SessionPlan& plan,
                                        const std::vector<rtp::SlotFormat>& slots) {
  Status status =
      webrtc_->set_description("set-remote-description", GST_WEBRTC_SDP_TYPE_OFFER, plan.offer);
  if (!status) return status.error();
  status = add_transceivers(plan, slots);
  if (!status) return status.error();
  Result<std::string> answer = webrtc_->describe("create-answer");
  if (!answer) return answer;
  status = webrtc_->set_description("set-local-description", GST_WEBRTC_SDP_TYPE_ANSWER, *answer);
  if (status) status = hook_receiving();
  if (status) status = make_carrier();
  if (!status) return status.error();
  answer = webrtc_->local_description();
  if (!answer) return answer;
  if (answer->find("a=candidate:") == std::string::npos) {
    return Error{ErrorCode::Exhausted,
                 "no UDP port is free on media.addresses: widen media.ports in the configuration"};
  }
  return restore_sections(*answer, plan);
}

Status Pipeline::add_transceivers(const SessionPlan& plan,
                                  const std::vector<rtp::SlotFormat>& slots) {
  size_t slot = 0;
  for (const SectionPlan& section : plan.sections) {
    if (section.use == SectionUse::Refused) continue;
    const glib::Ref<GstCaps> caps = transceiver_caps(section);
    if (section.use != SectionUse::Track) {
      gst_caps_set_simple(caps.get(), "ssrc", G_TYPE_UINT, slots.at(slot).ssrc, nullptr);
      ++slot;
      if (!carrier_caps_) carrier_caps_ = caps;
    }
    const Status added = webrtc_->add_transceiver(transceiver_direction(section.use), caps.get());
    if (!added) return added;
  }
  return Ok{};
}

/// In front of rtpbin webrtcbin has a clocksync, a FEC bin and a funnel for each of its sink pads.
/// The carrier takes the funnel's place: no element of those is passed, and none re-sends sticky
/// events when another SSRC comes.
Status Pipeline::make_carrier() {
  if (!carrier_caps_) return Ok{};
  const glib::Ref<GstElement> rtpbin = webrtc_->rtpbin();
  const glib::Ref<GstPad> sink =
      glib::adopt(rtpbin ? gst_element_get_static_pad(rtpbin.get(), "send_rtp_sink_0") : nullptr);
  if (!sink) return internal("webrtcbin has made no pad to send through");
  const glib::Ref<GstPad> funnel = glib::adopt(gst_pad_get_peer(sink.get()));
  if (funnel) gst_pad_unlink(funnel.get(), sink.get());
  Result<std::unique_ptr<Carrier>> carrier = Carrier::create(sink.get(), carrier_caps_.get());
  if (!carrier) return carrier.error();
  carrier_ = std::move(*carrier);
  return Ok{};
}

/// Everything a publisher sends ends here: the packets are handed over before rtpbin's session sees
/// them, and behind it, where it has counted them for its reports, nothing is left to do. So
/// neither demultiplexers nor jitter buffers (a thread each) are ever made, whatever SSRCs a peer
/// sends.
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
    if (!pad) return;  // A client that publishes nothing: webrtcbin has not made it.
    probes_.emplace_back(pad.get(), kAnyBuffer, callback, glib::hold(ingress_),
                         glib::let_go<Ingress>);
  };
  hook(rtpbin.get(), "recv_rtp_sink_0", on_rtp);
  hook(rtpbin.get(), "recv_rtcp_sink_0", on_rtcp);
  hook(rtpsession.get(), "recv_rtp_src", drop);
  hook(rtpsession.get(), "sync_src", drop);
  return Ok{};
}

std::string Pipeline::peer_certificate() const {
  GArray* raw = nullptr;
  g_signal_emit_by_name(webrtc_->get(), "get-transceivers", &raw);
  const std::unique_ptr<GArray, decltype(&g_array_unref)> transceivers(raw, g_array_unref);
  for (guint i = 0; raw && i < raw->len; ++i) {
    auto* transceiver = g_array_index(raw, GstWebRTCRTPTransceiver*, i);
    for (const char* end : {"receiver", "sender"}) {
      const auto rtp = glib::property<GObject>(transceiver, end);
      const auto transport = rtp ? glib::property<GObject>(rtp.get(), "transport") : nullptr;
      char* pem = nullptr;
      if (transport) g_object_get(transport.get(), "remote-certificate", &pem, nullptr);
      const glib::StringPtr owned(pem);
      if (pem) return pem;
    }
  }
  return {};
}

Status Pipeline::open() {
  GSocket* socket = nullptr;
  if (const auto agent = webrtc_->agent()) {
    socket = nice_agent_get_selected_socket(NICE_AGENT(agent.get()), 1, NICE_COMPONENT_TYPE_RTP);
  }
  socket_ = glib::adopt(socket);
  static_cast<void>(silence_ns());  // The first question makes the kernel take time stamps.
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
