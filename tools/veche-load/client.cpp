// SPDX-License-Identifier: Apache-2.0
// Negotiates as the offering client.
#include "client.hpp"

#include <utility>

#include "client_sdp.hpp"
#include "glib/held.hpp"

namespace veche::load {
namespace {

/// libnice's number of the bundle.
constexpr guint kStream = 1;

}  // namespace

Client::Client(std::unique_ptr<glib::WebrtcBin> webrtc) : webrtc_(std::move(webrtc)) {}

Result<std::unique_ptr<Client>> Client::create(const ClientSettings& settings,
                                               const ClientEvents& events,
                                               std::shared_ptr<Receiver> receiver) {
  glib::WebrtcEvents webrtc_events;
  webrtc_events.peer_state = [events](glib::PeerState state) {
    if (state == glib::PeerState::Connected) events.connected();
    if (state == glib::PeerState::Failed) events.failed("ICE or DTLS failed");
  };
  webrtc_events.error = events.failed;
  Result<std::unique_ptr<glib::WebrtcBin>> webrtc =
      glib::WebrtcBin::create(std::move(webrtc_events));
  if (!webrtc) return webrtc.error();
  std::unique_ptr<Client> client(new Client(std::move(*webrtc)));
  Status status = client->configure_agent();
  if (status) status = client->add_sections(settings, std::move(receiver));
  if (status) status = client->webrtc_->play();
  if (status) status = client->make_offer();
  if (!status) return status.error();
  return client;
}

Client::~Client() {
  if (path_) path_->close();
}

void Client::show_elements() {
  element_added_ =
      glib::Signal(webrtc_->pipeline(), "deep-element-added",
                   G_CALLBACK(+[](GstBin*, GstBin*, GstElement* element, gpointer data) {
                     const GstElementFactory* factory = gst_element_get_factory(element);
                     if (factory) {
                       glib::held<MediaPath>(data).see(element, GST_OBJECT_NAME(factory));
                     }
                   }),
                   glib::hold(path_), glib::let_go_closure<MediaPath>);
}

Status Client::configure_agent() {
  if (const auto agent = webrtc_->agent()) agent_ = glib::share(NICE_AGENT(agent.get()));
  if (!agent_) return internal("webrtcbin has no libnice agent: is gstreamer1.0-nice installed?");
  // libnice nominates two checks after the first. At its usual pace of 20 ms that would be most of
  // a join, while browsers nominate a lite agent's pair at once. On loopback checks need no pace.
  g_object_set(agent_.get(), "upnp", FALSE, "ice-tcp", FALSE, "stun-pacing-timer", 1u, nullptr);
  NiceAddress loopback;
  nice_address_init(&loopback);
  if (!nice_address_set_from_string(&loopback, "127.0.0.1") ||
      !nice_agent_add_local_address(agent_.get(), &loopback)) {
    return internal("libnice does not take 127.0.0.1");
  }
  return Ok{};
}

Status Client::add_sections(const ClientSettings& settings, std::shared_ptr<Receiver> receiver) {
  const bool nack = settings.feedback == Feedback::Full;
  const auto caps = section_caps(settings.ssrc, nack);
  format_.ssrc = settings.ssrc;
  GstPadTemplate* sinks =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(webrtc_->get()), "sink_%u");
  const auto sink =
      glib::adopt(gst_element_request_pad(webrtc_->get(), sinks, nullptr, caps.get()));
  if (!sink) return internal("webrtcbin gives no sink pad");
  const auto microphone = glib::property<GstWebRTCRTPTransceiver>(sink.get(), "transceiver");
  if (!microphone) return internal("webrtcbin's sink pad has no transceiver");
  g_object_set(microphone.get(), "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY,
               "codec-preferences", caps.get(), nullptr);
  path_ = settings.reader ? make_direct_path(agent_, *settings.reader, std::move(receiver),
                                             settings.ssrc, settings.feedback)
                          : make_element_path(glib::share(webrtc_->pipeline()), sink.get(), caps,
                                              std::move(receiver));
  show_elements();
  const auto slot_caps = section_caps(0, nack);
  for (uint32_t i = 0; i < settings.slots; ++i) {
    Status added =
        webrtc_->add_transceiver(GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, slot_caps.get());
    if (!added) return added;
  }
  return Ok{};
}

Status Client::make_offer() {
  Result<std::string> offer = webrtc_->describe("create-offer");
  if (!offer) return offer.error();
  Status status =
      webrtc_->set_description("set-local-description", GST_WEBRTC_SDP_TYPE_OFFER, *offer);
  if (!status) return status;
  offer = webrtc_->local_description();
  if (!offer) return offer.error();
  offer_ = *offer;
  return Ok{};
}

Status Client::set_answer(const std::string& sdp) {
  format_ = negotiated_format(format_.ssrc, offer_, sdp);
  slot_transport_cc_ = negotiated_slot_transport_cc(sdp);
  Status status =
      webrtc_->set_description("set-remote-description", GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
  if (status) repeat_ice_state();
  return status;
}

/// libnice emits its states after it has released its lock: "connecting", which webrtcbin's thread
/// emits while it takes the answer, may come behind "connected" of ICE's own thread. Then webrtcbin
/// would hold back for ever what it receives.
void Client::repeat_ice_state() {
  const NiceComponentState state =
      nice_agent_get_component_state(agent_.get(), kStream, NICE_COMPONENT_TYPE_RTP);
  if (state != NICE_COMPONENT_STATE_CONNECTED && state != NICE_COMPONENT_STATE_READY) return;
  g_signal_emit_by_name(agent_.get(), "component-state-changed", kStream, NICE_COMPONENT_TYPE_RTP,
                        state);
}

Status Client::start_sending() { return path_->open(slot_transport_cc_); }

bool Client::send(std::span<const uint8_t> packet) noexcept { return path_->send(packet); }

}  // namespace veche::load
