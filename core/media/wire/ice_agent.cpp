// SPDX-License-Identifier: Apache-2.0
// The GObject side: three small types, and two of GStreamer's own elements as the ends of DTLS.
#include "media/wire/ice_agent.hpp"

#include <utility>

#include "glib/held.hpp"
#include "media/ice/datagram.hpp"

using veche::media::IceAgent;

namespace {

struct LaneIce {
  GstWebRTCICE parent;
  std::shared_ptr<IceAgent>* agent;  // Owned; shared with the session.
  gboolean controller;
};
struct LaneIceClass {
  GstWebRTCICEClass parent;
};
G_DEFINE_TYPE(LaneIce, veche_lane_ice, GST_TYPE_WEBRTC_ICE)

struct LaneIceStream {
  GstWebRTCICEStream parent;
};
struct LaneIceStreamClass {
  GstWebRTCICEStreamClass parent;
};
G_DEFINE_TYPE(LaneIceStream, veche_lane_ice_stream, GST_TYPE_WEBRTC_ICE_STREAM)

struct LaneIceTransport {
  GstWebRTCICETransport parent;
};
struct LaneIceTransportClass {
  GstWebRTCICETransportClass parent;
};
G_DEFINE_TYPE(LaneIceTransport, veche_lane_ice_transport, GST_TYPE_WEBRTC_ICE_TRANSPORT)

void veche_lane_ice_init(LaneIce*) {}
void veche_lane_ice_stream_init(LaneIceStream*) {}
void veche_lane_ice_stream_class_init(LaneIceStreamClass*) {}
void veche_lane_ice_transport_init(LaneIceTransport*) {}

void transport_finalize(GObject* object) {
  auto* transport = GST_WEBRTC_ICE_TRANSPORT(object);
  for (GstElement* element : {transport->src, transport->sink}) {
    if (element) gst_object_unref(element);
  }
  G_OBJECT_CLASS(veche_lane_ice_transport_parent_class)->finalize(object);
}
void veche_lane_ice_transport_class_init(LaneIceTransportClass* type) {
  G_OBJECT_CLASS(type)->finalize = transport_finalize;
}

IceAgent& agent_of(GstWebRTCICE* ice) { return **reinterpret_cast<LaneIce*>(ice)->agent; }

void ice_finalize(GObject* object) {
  delete reinterpret_cast<LaneIce*>(object)->agent;
  G_OBJECT_CLASS(veche_lane_ice_parent_class)->finalize(object);
}

/// webrtcbin keeps the pointer and never releases it: the agent owns it.
GstWebRTCICEStream* ice_add_stream(GstWebRTCICE* ice, guint session) {
  GstWebRTCICEStream* stream = agent_of(ice).stream();
  stream->stream_id = session;
  return stream;
}

GstWebRTCICETransport* ice_find_transport(GstWebRTCICE* ice, GstWebRTCICEStream*,
                                          GstWebRTCICEComponent) {
  return GST_WEBRTC_ICE_TRANSPORT(gst_object_ref(agent_of(ice).transport()));
}

gboolean ice_gather_candidates(GstWebRTCICE* ice, GstWebRTCICEStream*) {
  agent_of(ice).gather(ice);
  return TRUE;
}

/// A lite agent sends no checks, so it does not need the peer's candidates.
#if GST_CHECK_VERSION(1, 23, 1)
void ice_add_candidate(GstWebRTCICE*, GstWebRTCICEStream*, const gchar*, GstPromise* promise) {
  if (promise) gst_promise_reply(promise, nullptr);
}
#else
void ice_add_candidate(GstWebRTCICE*, GstWebRTCICEStream*, const gchar*) {}
#endif

gboolean ice_set_local_credentials(GstWebRTCICE* ice, GstWebRTCICEStream*, const gchar* ufrag,
                                   const gchar* password) {
  agent_of(ice).set_local(ufrag, password);
  return TRUE;
}
gboolean ice_set_remote_credentials(GstWebRTCICE* ice, GstWebRTCICEStream*, const gchar* ufrag,
                                    const gchar*) {
  agent_of(ice).set_remote(ufrag);
  return TRUE;
}

void ice_set_on_candidate(GstWebRTCICE* ice, GstWebRTCICEOnCandidateFunc callback, gpointer data,
                          GDestroyNotify) {
  agent_of(ice).on_candidate(callback, data);
}

void ice_set_controller(GstWebRTCICE* ice, gboolean controller) {
  reinterpret_cast<LaneIce*>(ice)->controller = controller;
}
gboolean ice_get_controller(GstWebRTCICE* ice) {
  return reinterpret_cast<LaneIce*>(ice)->controller;
}

// No STUN or TURN servers: clients may have their own.
gboolean ice_add_server(GstWebRTCICE*, const gchar*) { return FALSE; }
void ice_ignore_text(GstWebRTCICE*, const gchar*) {}
void ice_ignore_flag(GstWebRTCICE*, gboolean) {}
void ice_ignore_tos(GstWebRTCICE*, GstWebRTCICEStream*, guint) {}
gchar* ice_no_text(GstWebRTCICE*) { return nullptr; }
GstWebRTCICECandidateStats** ice_no_candidates(GstWebRTCICE*, GstWebRTCICEStream*) {
  return g_new0(GstWebRTCICECandidateStats*, 1);
}
gboolean ice_no_pair(GstWebRTCICE*, GstWebRTCICEStream*, GstWebRTCICECandidateStats** local,
                     GstWebRTCICECandidateStats** remote) {
  *local = *remote = nullptr;
  return FALSE;
}
#if GST_CHECK_VERSION(1, 27, 1)
void ice_close(GstWebRTCICE*, GstPromise* promise) {
  if (promise) gst_promise_reply(promise, nullptr);
}
#endif

void veche_lane_ice_class_init(LaneIceClass* type) {
  G_OBJECT_CLASS(type)->finalize = ice_finalize;
  GstWebRTCICEClass* ice = GST_WEBRTC_ICE_CLASS(type);
  ice->add_stream = ice_add_stream;
  ice->find_transport = ice_find_transport;
  ice->gather_candidates = ice_gather_candidates;
  ice->add_candidate = ice_add_candidate;
  ice->set_local_credentials = ice_set_local_credentials;
  ice->set_remote_credentials = ice_set_remote_credentials;
  ice->add_turn_server = ice_add_server;
  ice->set_is_controller = ice_set_controller;
  ice->get_is_controller = ice_get_controller;
  ice->set_force_relay = ice_ignore_flag;
  ice->set_stun_server = ice_ignore_text;
  ice->get_stun_server = ice_no_text;
  ice->set_turn_server = ice_ignore_text;
  ice->get_turn_server = ice_no_text;
  ice->set_http_proxy = ice_ignore_text;
  ice->get_http_proxy = ice_no_text;
  ice->set_tos = ice_ignore_tos;
  ice->set_on_ice_candidate = ice_set_on_candidate;
  ice->get_local_candidates = ice_no_candidates;
  ice->get_remote_candidates = ice_no_candidates;
  ice->get_selected_pair = ice_no_pair;
#if GST_CHECK_VERSION(1, 27, 1)
  ice->close = ice_close;
#endif
}

void on_handoff(GstElement*, GstBuffer* buffer, GstPad*, gpointer data) {
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return;
  if (const auto agent = veche::glib::held<std::weak_ptr<IceAgent>>(data).lock()) {
    agent->send({map.data, map.size});
  }
  gst_buffer_unmap(buffer, &map);
}

}  // namespace

namespace veche::media {

IceAgent::~IceAgent() = default;

Result<std::shared_ptr<IceAgent>> IceAgent::create() {
  std::shared_ptr<IceAgent> agent(new IceAgent);
  const Status made = agent->make_elements();
  if (!made) return made.error();
  return agent;
}

/// An identity, whose source pad is the entry for datagrams, and a fakesink that hands over
/// outgoing ones.
Status IceAgent::make_elements() {
  stream_ = glib::sink(
      static_cast<GstWebRTCICEStream*>(g_object_new(veche_lane_ice_stream_get_type(), nullptr)));
  transport_ = glib::sink(static_cast<GstWebRTCICETransport*>(
      g_object_new(veche_lane_ice_transport_get_type(), nullptr)));
  GstElement* source = gst_element_factory_make("identity", nullptr);
  GstElement* sink = gst_element_factory_make("fakesink", nullptr);
  transport_.get()->src = source ? GST_ELEMENT(gst_object_ref_sink(source)) : nullptr;
  transport_.get()->sink = sink ? GST_ELEMENT(gst_object_ref_sink(sink)) : nullptr;
  if (!source || !sink) return internal("GStreamer has no element identity or no fakesink");
  transport_.get()->component = GST_WEBRTC_ICE_COMPONENT_RTP;
  pad_ = glib::adopt(gst_element_get_static_pad(source, "src"));
  g_object_set(sink, "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, "signal-handoffs",
               TRUE, nullptr);
  // Held weakly: the agent owns the element.
  g_signal_connect_data(sink, "handoff", G_CALLBACK(on_handoff),
                        glib::hold(std::make_shared<std::weak_ptr<IceAgent>>(weak_from_this())),
                        glib::let_go_closure<std::weak_ptr<IceAgent>>, GConnectFlags(0));
  return Ok{};
}

void IceAgent::serve(std::vector<std::string> candidates,
                     std::function<void(std::span<const uint8_t>)> send) {
  const std::lock_guard lock(mutex_);
  candidates_ = std::move(candidates);
  send_ = std::make_shared<const std::function<void(std::span<const uint8_t>)>>(std::move(send));
}

GObject* IceAgent::take_object() {
  auto* ice = static_cast<LaneIce*>(g_object_new(veche_lane_ice_get_type(), nullptr));
  ice->agent = new std::shared_ptr<IceAgent>(shared_from_this());
  return G_OBJECT(gst_object_ref_sink(ice));
}

Result<IceCredentials> IceAgent::credentials() const {
  const std::lock_guard lock(mutex_);
  if (credentials_.local_ufrag.empty() || credentials_.remote_ufrag.empty()) {
    return Error{ErrorCode::PreconditionFailed, "webrtcbin has set no ICE credentials"};
  }
  return credentials_;
}

void IceAgent::set_local(const char* ufrag, const char* password) {
  const std::lock_guard lock(mutex_);
  credentials_.local_ufrag = ufrag ? ufrag : "";
  credentials_.local_password = password ? password : "";
}

void IceAgent::set_remote(const char* ufrag) {
  const std::lock_guard lock(mutex_);
  credentials_.remote_ufrag = ufrag ? ufrag : "";
}

void IceAgent::on_candidate(GstWebRTCICEOnCandidateFunc callback, gpointer data) {
  const std::lock_guard lock(mutex_);
  on_candidate_ = callback;
  on_candidate_data_ = data;
}

/// All candidates are known in advance.
void IceAgent::gather(GstWebRTCICE* ice) {
  GstWebRTCICEOnCandidateFunc callback = nullptr;
  gpointer data = nullptr;
  std::vector<std::string> candidates;
  {
    const std::lock_guard lock(mutex_);
    std::swap(callback, on_candidate_);
    data = on_candidate_data_;
    candidates = candidates_;
  }
  if (!callback) return;
  gst_webrtc_ice_transport_gathering_state_change(transport_.get(),
                                                  GST_WEBRTC_ICE_GATHERING_STATE_GATHERING);
  for (const std::string& candidate : candidates) {
    callback(ice, stream_.get()->stream_id, candidate.c_str(), data);
  }
  gst_webrtc_ice_transport_gathering_state_change(transport_.get(),
                                                  GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE);
}

void IceAgent::send(std::span<const uint8_t> datagram) const {
  if (classify(datagram) != DatagramKind::Dtls || silent_.load()) return;
  std::unique_lock lock(mutex_);
  const auto send = send_;
  lock.unlock();
  if (send) (*send)(datagram);
}

void IceAgent::connected() {
  for (const auto state :
       {GST_WEBRTC_ICE_CONNECTION_STATE_CHECKING, GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED,
        GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED}) {
    gst_webrtc_ice_transport_connection_state_change(transport_.get(), state);
  }
}

void IceAgent::begin_stream() {
  const glib::StringPtr id(gst_pad_create_stream_id(pad_.get(), transport_.get()->src, nullptr));
  gst_pad_push_event(pad_.get(), gst_event_new_stream_start(id.get()));
  const glib::Ref<GstCaps> caps = glib::adopt(gst_caps_new_empty_simple("application/x-rtp"));
  gst_pad_push_event(pad_.get(), gst_event_new_caps(caps.get()));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(pad_.get(), gst_event_new_segment(&segment));
}

void IceAgent::receive(std::span<const uint8_t> datagram) {
  if (!std::exchange(begun_, true)) begin_stream();
  GstBuffer* buffer = gst_buffer_new_memdup(datagram.data(), datagram.size());
  // A session that is being taken down refuses the datagram, and does not need it.
  static_cast<void>(gst_pad_push(pad_.get(), buffer));
}

}  // namespace veche::media
