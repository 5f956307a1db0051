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
#include "glib/promise.hpp"
#include "media/pipeline/transceivers.hpp"

namespace veche::media {

struct Pipeline::Shared {
  PipelineEvents events;
  std::shared_ptr<Ingress> ingress;  // Shared with the session, which reads its counters.
  std::mutex mutex;
  std::condition_variable changed;
  bool gathered = false;
};

namespace {

/// A webrtcbin that does not answer ends its session, not the worker that waits for it.
constexpr auto kPatience = std::chrono::seconds(10);

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

std::string sdp_text(const GstWebRTCSessionDescription* description) {
  const glib::StringPtr text(gst_sdp_message_as_text(description->sdp));
  return text.get();
}

struct DescriptionDelete {
  void operator()(GstWebRTCSessionDescription* description) const {
    gst_webrtc_session_description_free(description);
  }
};
using DescriptionPtr = std::unique_ptr<GstWebRTCSessionDescription, DescriptionDelete>;

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

Pipeline::Pipeline(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

Result<std::unique_ptr<Pipeline>> Pipeline::create(const Settings& settings, PipelineEvents events,
                                                   std::shared_ptr<Ingress> ingress) {
  auto shared = std::make_shared<Shared>();
  shared->events = std::move(events);
  shared->ingress = std::move(ingress);
  std::unique_ptr<Pipeline> made(new Pipeline(shared));
  made->pipeline_ = glib::sink(gst_pipeline_new(nullptr));
  GstElement* webrtc = gst_element_factory_make("webrtcbin", nullptr);
  if (!webrtc) {
    return internal("GStreamer has no webrtcbin: gstreamer1.0-plugins-bad and gstreamer1.0-nice");
  }
  g_object_set(webrtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency", 0u,
               nullptr);
  gst_bin_add(GST_BIN(made->pipeline_.get()), webrtc);
  made->webrtc_ = glib::share(webrtc);
  auto* pipeline = GST_PIPELINE(made->pipeline_.get());
  gst_pipeline_use_clock(pipeline, shared_clock().clock.get());
  gst_element_set_start_time(made->pipeline_.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(made->pipeline_.get(), shared_clock().base_time);

  made->signals_.emplace_back(webrtc, "notify::ice-gathering-state",
                              G_CALLBACK(+[](GstElement* element, GParamSpec*, gpointer data) {
                                GstWebRTCICEGatheringState state =
                                    GST_WEBRTC_ICE_GATHERING_STATE_NEW;
                                g_object_get(element, "ice-gathering-state", &state, nullptr);
                                if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) return;
                                auto& to = glib::held<Shared>(data);
                                const std::lock_guard lock(to.mutex);
                                to.gathered = true;
                                to.changed.notify_all();
                              }),
                              glib::hold(shared), glib::let_go_closure<Shared>);
  made->signals_.emplace_back(webrtc, "notify::connection-state",
                              G_CALLBACK(+[](GstElement* element, GParamSpec*, gpointer data) {
                                GstWebRTCPeerConnectionState state =
                                    GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
                                g_object_get(element, "connection-state", &state, nullptr);
                                const auto& to = glib::held<Shared>(data);
                                if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED) {
                                  to.events.peer_state(PeerState::Connected);
                                } else if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED) {
                                  to.events.peer_state(PeerState::Failed);
                                }
                              }),
                              glib::hold(shared), glib::let_go_closure<Shared>);

  const glib::Ref<GstBus> bus = glib::adopt(gst_pipeline_get_bus(pipeline));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus*, GstMessage* message, gpointer data) {
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
          GError* raw = nullptr;
          gst_message_parse_error(message, &raw, nullptr);
          const glib::ErrorPtr error(raw);
          glib::held<Shared>(data).events.error(
              std::string(GST_OBJECT_NAME(GST_MESSAGE_SRC(message))) + ": " + error->message);
        }
        gst_message_unref(message);
        return GST_BUS_DROP;
      },
      glib::hold(shared), glib::let_go<Shared>);

  // Otherwise the answer would tell the user and host name of the server (RFC 7022 section 4.2
  // wants neither).
  const glib::Ref<GstElement> rtpbin = made->find_rtpbin();
  const glib::StructurePtr sdes(
      gst_structure_new("application/x-rtp-source-sdes", "cname", G_TYPE_STRING, "veche", nullptr));
  if (rtpbin) g_object_set(rtpbin.get(), "sdes", sdes.get(), nullptr);

  const Status agent = made->configure_agent(settings);
  if (!agent) return agent.error();
  if (gst_element_set_state(made->pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return internal("the session's pipeline does not start");
  }
  return made;
}

Pipeline::~Pipeline() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  carrier_.reset();
  probes_.clear();
  signals_.clear();
  const glib::Ref<GstBus> bus = glib::adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline_.get())));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
}

glib::Ref<GstElement> Pipeline::find_rtpbin() const {
  return glib::adopt(gst_bin_get_by_name(GST_BIN(webrtc_.get()), "rtpbin"));
}

glib::Ref<GObject> Pipeline::find_agent() const {
  const auto ice = glib::property<GObject>(webrtc_.get(), "ice-agent");
  return ice ? glib::property<GObject>(ice.get(), "agent") : nullptr;
}

Status Pipeline::configure_agent(const Settings& settings) {
  const auto ice = glib::property<GObject>(webrtc_.get(), "ice-agent");
  const auto agent = find_agent();
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
  Status status = set_description("set-remote-description", GST_WEBRTC_SDP_TYPE_OFFER, plan.offer);
  if (!status) return status.error();
  status = add_transceivers(plan, slots);
  if (!status) return status.error();
  Result<std::string> answer = create_answer();
  if (!answer) return answer;
  status = set_description("set-local-description", GST_WEBRTC_SDP_TYPE_ANSWER, *answer);
  if (!status) return status.error();
  status = hook_receiving();
  if (!status) return status.error();
  status = make_carrier();
  if (!status) return status.error();
  status = wait_for_candidates();
  if (!status) return status.error();
  answer = local_description();
  if (!answer) return answer;
  return restore_sections(*answer, plan);
}

Status Pipeline::set_description(const char* signal, GstWebRTCSDPType type,
                                 const std::string& sdp) {
  GstSDPMessage* message = nullptr;
  if (gst_sdp_message_new_from_text(sdp.c_str(), &message) != GST_SDP_OK) {
    return internal("the session description cannot be parsed again");
  }
  const DescriptionPtr description(gst_webrtc_session_description_new(type, message));
  glib::Promise promise;
  g_signal_emit_by_name(webrtc_.get(), signal, description.get(), promise.get());
  const Result<const GstStructure*> reply = promise.wait(signal, kPatience);
  if (!reply) return reply.error();
  return Ok{};
}

Result<std::string> Pipeline::create_answer() {
  glib::Promise promise;
  g_signal_emit_by_name(webrtc_.get(), "create-answer", nullptr, promise.get());
  const Result<const GstStructure*> reply = promise.wait("create-answer", kPatience);
  if (!reply) return reply.error();
  GstWebRTCSessionDescription* raw = nullptr;
  if (*reply) {
    gst_structure_get(*reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
  }
  const DescriptionPtr answer(raw);
  if (!answer) return internal("webrtcbin made no answer");
  return sdp_text(answer.get());
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
    GstWebRTCRTPTransceiver* raw = nullptr;
    g_signal_emit_by_name(webrtc_.get(), "add-transceiver", transceiver_direction(section.use),
                          caps.get(), &raw);
    const glib::Ref<GstWebRTCRTPTransceiver> transceiver = glib::adopt(raw);
    if (!transceiver) return internal("webrtcbin makes no transceiver");
  }
  return Ok{};
}

/// In front of rtpbin webrtcbin has a clocksync, a FEC bin and a funnel for each of its sink pads.
/// The carrier takes the funnel's place: no element of those is passed, and none re-sends sticky
/// events when another SSRC comes.
Status Pipeline::make_carrier() {
  if (!carrier_caps_) return Ok{};
  const glib::Ref<GstElement> rtpbin = find_rtpbin();
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
  const glib::Ref<GstElement> rtpbin = find_rtpbin();
  if (!rtpbin) return internal("webrtcbin has no rtpbin");
  GstElement* raw = nullptr;
  g_signal_emit_by_name(rtpbin.get(), "get-session", 0u, &raw);
  const glib::Ref<GstElement> rtpsession = glib::adopt(raw);
  if (!rtpsession) return internal("rtpbin has no session 0");

  const auto hook = [this](GstElement* element, const char* pad_name,
                           GstPadProbeCallback callback) {
    const glib::Ref<GstPad> pad = glib::adopt(gst_element_get_static_pad(element, pad_name));
    if (!pad) return;  // A client that publishes nothing: webrtcbin has not made it.
    probes_.emplace_back(pad.get(), kAnyBuffer, callback, glib::hold(shared_->ingress),
                         glib::let_go<Ingress>);
  };
  hook(rtpbin.get(), "recv_rtp_sink_0", on_rtp);
  hook(rtpbin.get(), "recv_rtcp_sink_0", on_rtcp);
  hook(rtpsession.get(), "recv_rtp_src", drop);
  hook(rtpsession.get(), "sync_src", drop);
  return Ok{};
}

Status Pipeline::wait_for_candidates() {
  std::unique_lock lock(shared_->mutex);
  if (!shared_->changed.wait_for(lock, kPatience, [this] { return shared_->gathered; })) {
    return Error{ErrorCode::Unavailable, "gathering candidates takes too long"};
  }
  return Ok{};
}

Result<std::string> Pipeline::local_description() const {
  GstWebRTCSessionDescription* raw = nullptr;
  g_object_get(webrtc_.get(), "local-description", &raw, nullptr);
  const DescriptionPtr description(raw);
  if (!description) return internal("webrtcbin has no local description");
  std::string text = sdp_text(description.get());
  if (text.find("a=candidate:") == std::string::npos) {
    return Error{ErrorCode::Exhausted,
                 "no UDP port is free on media.addresses: widen media.ports in the configuration"};
  }
  return text;
}

std::string Pipeline::peer_certificate() const {
  GArray* raw = nullptr;
  g_signal_emit_by_name(webrtc_.get(), "get-transceivers", &raw);
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
  if (const auto agent = find_agent()) {
    socket = nice_agent_get_selected_socket(NICE_AGENT(agent.get()), 1, NICE_COMPONENT_TYPE_RTP);
  }
  socket_ = glib::adopt(socket);
  static_cast<void>(silence_ns());  // The first question makes the kernel take time stamps.
  gst_bin_recalculate_latency(GST_BIN(pipeline_.get()));
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
