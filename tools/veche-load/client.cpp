// SPDX-License-Identifier: Apache-2.0
// Negotiates as a client that offers.
#include "client.hpp"

#include <gst/webrtc/webrtc.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <utility>

#include "client_sdp.hpp"
#include "media_path.hpp"

namespace veche::load {

/// What webrtcbin's threads use: it outlives the client for as long as one of them needs it.
struct Client::Shared {
  ClientEvents events;
  std::shared_ptr<MediaPath>
      path;  ///< Set before webrtcbin makes the elements that a path wants to see.
  std::mutex mutex;
  std::condition_variable changed;
  bool gathered = false;
};

namespace {

constexpr auto kPatience = std::chrono::seconds(10);

struct DescriptionDeleter {
  void operator()(GstWebRTCSessionDescription* d) const { gst_webrtc_session_description_free(d); }
};
using DescriptionPtr = std::unique_ptr<GstWebRTCSessionDescription, DescriptionDeleter>;

template <class T>
gpointer hold(const std::shared_ptr<T>& shared) {
  return new std::shared_ptr<T>(shared);
}
template <class T>
T& held(gpointer data) {
  return **static_cast<std::shared_ptr<T>*>(data);
}
template <class T>
void let_go(gpointer data) {
  delete static_cast<std::shared_ptr<T>*>(data);
}
template <class T>
void let_go_closure(gpointer data, GClosure*) {
  let_go<T>(data);
}

}  // namespace

Client::Client(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

Result<std::unique_ptr<Client>> Client::create(const ClientSettings& settings, ClientEvents events,
                                               std::shared_ptr<Receiver> receiver) {
  auto shared = std::make_shared<Shared>();
  shared->events = std::move(events);
  std::unique_ptr<Client> client(new Client(shared));
  client->pipeline_ = glib::sink(gst_pipeline_new(nullptr));
  GstElement* webrtc = gst_element_factory_make("webrtcbin", nullptr);
  if (!webrtc) return internal("GStreamer has no webrtcbin");
  client->webrtc_ = glib::sink(webrtc);
  g_object_set(webrtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency", 0u,
               nullptr);
  client->hook();
  gst_bin_add(GST_BIN(client->pipeline_.get()), webrtc);
  Status status = client->configure_agent();
  if (status) status = client->add_sections(settings, std::move(receiver));
  if (!status) return status.error();
  if (gst_element_set_state(client->pipeline_.get(), GST_STATE_PLAYING) ==
      GST_STATE_CHANGE_FAILURE) {
    return internal("the client's pipeline does not start");
  }
  status = client->make_offer();
  if (!status) return status.error();
  return client;
}

Client::~Client() {
  if (shared_->path) shared_->path->close();
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  signals_.clear();
  const glib::Ref<GstBus> bus = glib::adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline_.get())));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
}

void Client::hook() {
  signals_.emplace_back(pipeline_.get(), "deep-element-added",
                        G_CALLBACK(+[](GstBin*, GstBin*, GstElement* element, gpointer data) {
                          const GstElementFactory* factory = gst_element_get_factory(element);
                          const auto& path = held<Shared>(data).path;
                          if (factory && path) path->see(element, GST_OBJECT_NAME(factory));
                        }),
                        hold(shared_), let_go_closure<Shared>);
  signals_.emplace_back(webrtc_.get(), "notify::ice-gathering-state",
                        G_CALLBACK(+[](GstElement* element, GParamSpec*, gpointer data) {
                          GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
                          g_object_get(element, "ice-gathering-state", &state, nullptr);
                          if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) return;
                          auto& shared = held<Shared>(data);
                          const std::lock_guard lock(shared.mutex);
                          shared.gathered = true;
                          shared.changed.notify_all();
                        }),
                        hold(shared_), let_go_closure<Shared>);
  signals_.emplace_back(webrtc_.get(), "notify::connection-state",
                        G_CALLBACK(+[](GstElement* element, GParamSpec*, gpointer data) {
                          GstWebRTCPeerConnectionState state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
                          g_object_get(element, "connection-state", &state, nullptr);
                          const Shared& shared = held<Shared>(data);
                          if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED)
                            shared.events.connected();
                          if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED) {
                            shared.events.failed("ICE or DTLS failed");
                          }
                        }),
                        hold(shared_), let_go_closure<Shared>);
  const auto bus = glib::adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline_.get())));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus*, GstMessage* message, gpointer data) {
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
          GError* raw = nullptr;
          gst_message_parse_error(message, &raw, nullptr);
          const glib::ErrorPtr error(raw);
          held<Shared>(data).events.failed(error->message);
        }
        gst_message_unref(message);
        return GST_BUS_DROP;
      },
      hold(shared_), let_go<Shared>);
}

Status Client::configure_agent() {
  const auto ice = glib::property<GObject>(webrtc_.get(), "ice-agent");
  if (ice) agent_ = glib::property<NiceAgent>(ice.get(), "agent");
  if (!agent_) return internal("webrtcbin has no libnice agent: is gstreamer1.0-nice installed?");
  g_object_set(agent_.get(), "upnp", FALSE, "ice-tcp", FALSE, nullptr);
  NiceAddress loopback;
  nice_address_init(&loopback);
  if (!nice_address_set_from_string(&loopback, "127.0.0.1") ||
      !nice_agent_add_local_address(agent_.get(), &loopback)) {
    return internal("libnice does not take 127.0.0.1");
  }
  return Ok{};
}

Status Client::add_sections(const ClientSettings& settings, std::shared_ptr<Receiver> receiver) {
  const auto caps = section_caps(settings.ssrc);
  format_.ssrc = settings.ssrc;
  GstPadTemplate* sinks =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(webrtc_.get()), "sink_%u");
  const auto sink = glib::adopt(gst_element_request_pad(webrtc_.get(), sinks, nullptr, caps.get()));
  if (!sink) return internal("webrtcbin gives no sink pad");
  const auto microphone = glib::property<GstWebRTCRTPTransceiver>(sink.get(), "transceiver");
  if (!microphone) return internal("webrtcbin's sink pad has no transceiver");
  g_object_set(microphone.get(), "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY,
               "codec-preferences", caps.get(), nullptr);
  shared_->path = settings.reader
                      ? make_direct_path(agent_, *settings.reader, std::move(receiver))
                      : make_element_path(pipeline_, sink.get(), caps, std::move(receiver));
  const auto slot_caps = section_caps(0);
  for (uint32_t i = 0; i < settings.slots; ++i) {
    GstWebRTCRTPTransceiver* slot = nullptr;
    g_signal_emit_by_name(webrtc_.get(), "add-transceiver",
                          GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, slot_caps.get(), &slot);
    if (!glib::adopt(slot)) return internal("webrtcbin makes no transceiver");
  }
  return Ok{};
}

Status Client::describe(const char* signal, void* description) {
  const auto promise = glib::adopt(gst_promise_new());
  g_signal_emit_by_name(webrtc_.get(), signal, description, promise.get());
  gst_promise_wait(promise.get());
  const GstStructure* reply = gst_promise_get_reply(promise.get());
  if (reply && gst_structure_has_field(reply, "error")) {
    GError* raw = nullptr;
    gst_structure_get(reply, "error", G_TYPE_ERROR, &raw, nullptr);
    const glib::ErrorPtr error(raw);
    return internal(std::string(signal) + ": " + error->message);
  }
  return Ok{};
}

Status Client::make_offer() {
  const auto promise = glib::adopt(gst_promise_new());
  g_signal_emit_by_name(webrtc_.get(), "create-offer", nullptr, promise.get());
  gst_promise_wait(promise.get());
  GstWebRTCSessionDescription* raw = nullptr;
  const GstStructure* reply = gst_promise_get_reply(promise.get());
  if (reply) gst_structure_get(reply, "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
  const DescriptionPtr offer(raw);
  if (!offer) return internal("webrtcbin makes no offer");
  Status status = describe("set-local-description", offer.get());
  if (!status) return status;
  {
    std::unique_lock lock(shared_->mutex);
    if (!shared_->changed.wait_for(lock, kPatience, [this] { return shared_->gathered; })) {
      return internal("no candidates were gathered");
    }
  }
  GstWebRTCSessionDescription* raw_local = nullptr;
  g_object_get(webrtc_.get(), "local-description", &raw_local, nullptr);
  const DescriptionPtr local(raw_local);
  if (!local) return internal("webrtcbin has no local description");
  const glib::StringPtr text(gst_sdp_message_as_text(local->sdp));
  offer_ = text.get();
  return Ok{};
}

Status Client::set_answer(const std::string& sdp) {
  GstSDPMessage* message = nullptr;
  if (gst_sdp_message_new_from_text(sdp.c_str(), &message) != GST_SDP_OK) {
    return invalid("the answer cannot be parsed");
  }
  const DescriptionPtr answer(
      gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, message));
  format_ = negotiated_format(format_.ssrc, offer_, sdp);
  return describe("set-remote-description", answer.get());
}

Status Client::start_sending() { return shared_->path->open(); }

bool Client::send(std::span<const uint8_t> packet) noexcept { return shared_->path->send(packet); }

}  // namespace veche::load
