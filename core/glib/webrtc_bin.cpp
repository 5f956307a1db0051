// SPDX-License-Identifier: Apache-2.0
// Making, asking and taking down a webrtcbin.
#include "glib/webrtc_bin.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <utility>

#include "glib/bus_error.hpp"
#include "glib/clock_thread.hpp"
#include "glib/held.hpp"
#include "glib/promise.hpp"

namespace veche::glib {

struct WebrtcBin::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  bool gathered = false;
  bool failed = false;
  std::shared_ptr<const WebrtcEvents> events;  // Shared with calls of them that have begun.

  std::shared_ptr<const WebrtcEvents> current_events() {
    const std::lock_guard lock(mutex);
    return events;
  }
};

namespace {

/// A webrtcbin that does not answer fails its session; the worker that waits goes on.
constexpr auto kPatience = std::chrono::seconds(10);

struct DescriptionDelete {
  void operator()(GstWebRTCSessionDescription* description) const {
    gst_webrtc_session_description_free(description);
  }
};
using DescriptionPtr = std::unique_ptr<GstWebRTCSessionDescription, DescriptionDelete>;

std::string sdp_text(const GstWebRTCSessionDescription* description) {
  const StringPtr text(gst_sdp_message_as_text(description->sdp));
  return text.get();
}

}  // namespace

WebrtcBin::WebrtcBin(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

Result<std::unique_ptr<WebrtcBin>> WebrtcBin::create(WebrtcEvents events, GObject* ice_agent) {
  auto made = create(ice_agent);
  if (made) (*made)->serve(std::move(events));
  return made;
}

void WebrtcBin::serve(WebrtcEvents events) {
  const std::lock_guard lock(shared_->mutex);
  shared_->events = std::make_shared<const WebrtcEvents>(std::move(events));
}

bool WebrtcBin::has_failed() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->failed;
}

Result<std::unique_ptr<WebrtcBin>> WebrtcBin::create(GObject* ice_agent) {
  auto shared = std::make_shared<Shared>();
  shared->events = std::make_shared<const WebrtcEvents>(
      WebrtcEvents{[](PeerState) {}, [](const std::string&) {}, nullptr});
  std::unique_ptr<WebrtcBin> made(new WebrtcBin(shared));
  made->pipeline_ = sink(gst_pipeline_new(nullptr));
  GstElement* webrtc =
      ice_agent ? gst_element_factory_make_full("webrtcbin", "ice-agent", ice_agent, nullptr)
                : gst_element_factory_make("webrtcbin", nullptr);
  if (!webrtc) {
    return internal(
        "GStreamer has no webrtcbin: install gstreamer1.0-plugins-bad and gstreamer1.0-nice");
  }
  g_object_set(webrtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency", 0u,
               nullptr);
  gst_bin_add(GST_BIN(made->pipeline_.get()), webrtc);
  made->webrtc_ = share(webrtc);

  made->signals_.emplace_back(webrtc, "notify::ice-gathering-state",
                              G_CALLBACK(+[](GstElement* element, GParamSpec*, gpointer data) {
                                GstWebRTCICEGatheringState state =
                                    GST_WEBRTC_ICE_GATHERING_STATE_NEW;
                                g_object_get(element, "ice-gathering-state", &state, nullptr);
                                if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) return;
                                auto& to = held<Shared>(data);
                                const std::lock_guard lock(to.mutex);
                                to.gathered = true;
                                to.changed.notify_all();
                              }),
                              hold(shared), let_go_closure<Shared>);
  made->signals_.emplace_back(webrtc, "notify::connection-state",
                              G_CALLBACK(+[](GstElement* element, GParamSpec*, gpointer data) {
                                GstWebRTCPeerConnectionState state =
                                    GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
                                g_object_get(element, "connection-state", &state, nullptr);
                                const auto events = held<Shared>(data).current_events();
                                if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED) {
                                  events->peer_state(PeerState::Connected);
                                } else if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED) {
                                  events->peer_state(PeerState::Failed);
                                }
                              }),
                              hold(shared), let_go_closure<Shared>);
  made->signals_.emplace_back(
      webrtc, "notify::ice-connection-state",
      G_CALLBACK(+[](GstElement* element, GParamSpec*, gpointer data) {
        GstWebRTCICEConnectionState state = GST_WEBRTC_ICE_CONNECTION_STATE_NEW;
        g_object_get(element, "ice-connection-state", &state, nullptr);
        const auto events = held<Shared>(data).current_events();
        if (events->ice_connected && (state == GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED ||
                                      state == GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED)) {
          events->ice_connected();
        }
      }),
      hold(shared), let_go_closure<Shared>);
  made->watch_bus();
  // Otherwise the description would tell the user and host name of the machine (RFC 7022 section
  // 4.2 wants neither).
  const Ref<GstElement> rtpbin = made->rtpbin();
  const StructurePtr sdes(
      gst_structure_new("application/x-rtp-source-sdes", "cname", G_TYPE_STRING, "veche", nullptr));
  if (rtpbin) g_object_set(rtpbin.get(), "sdes", sdes.get(), nullptr);
  return made;
}

WebrtcBin::~WebrtcBin() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  signals_.clear();
  const Ref<GstBus> bus = adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline_.get())));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
  // Each timer of a handshake holds the connection that both elements share, and lets go of it on
  // the clock's thread. At the same time on two threads the ends of the connection and of an
  // element crash the process: they take apart what g_signal_connect_object() has tied together.
  auto dtls = elements("dtlsenc");
  std::ranges::move(elements("dtlsdec"), std::back_inserter(dtls));
  webrtc_ = nullptr;
  pipeline_ = nullptr;
  if (!dtls.empty()) run_on_clock_thread([held = std::move(dtls)]() mutable { held.clear(); });
}

std::vector<Ref<GstElement>> WebrtcBin::elements(const char* factory) const {
  if (!webrtc_) return {};  // GStreamer has none.
  const std::unique_ptr<GstIterator, decltype(&gst_iterator_free)> all(
      gst_bin_iterate_all_by_element_factory_name(GST_BIN(webrtc_.get()), factory),
      gst_iterator_free);
  std::vector<Ref<GstElement>> found;
  GValue item = G_VALUE_INIT;
  for (;;) {
    const GstIteratorResult result = gst_iterator_next(all.get(), &item);
    if (result == GST_ITERATOR_OK) {
      found.push_back(share(GST_ELEMENT(g_value_get_object(&item))));
      g_value_reset(&item);
    } else if (result == GST_ITERATOR_RESYNC) {
      found.clear();
      gst_iterator_resync(all.get());
    } else {
      break;
    }
  }
  g_value_unset(&item);
  return found;
}

void WebrtcBin::watch_bus() {
  const Ref<GstBus> bus = adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline_.get())));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus*, GstMessage* message, gpointer data) {
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
          auto& to = held<Shared>(data);
          {
            const std::lock_guard lock(to.mutex);
            to.failed = true;
          }
          to.current_events()->error(bus_error(message));
        }
        gst_message_unref(message);
        return GST_BUS_DROP;
      },
      hold(shared_), let_go<Shared>);
}

Ref<GstElement> WebrtcBin::rtpbin() const {
  return adopt(gst_bin_get_by_name(GST_BIN(webrtc_.get()), "rtpbin"));
}

Ref<GObject> WebrtcBin::agent() const {
  const auto ice = property<GObject>(webrtc_.get(), "ice-agent");
  return ice ? property<GObject>(ice.get(), "agent") : nullptr;
}

std::string WebrtcBin::peer_certificate() const {
  GArray* raw = nullptr;
  g_signal_emit_by_name(webrtc_.get(), "get-transceivers", &raw);
  const std::unique_ptr<GArray, decltype(&g_array_unref)> transceivers(raw, g_array_unref);
  for (guint i = 0; raw && i < raw->len; ++i) {
    auto* transceiver = g_array_index(raw, GstWebRTCRTPTransceiver*, i);
    for (const char* end : {"receiver", "sender"}) {
      const auto rtp = property<GObject>(transceiver, end);
      const auto transport = rtp ? property<GObject>(rtp.get(), "transport") : nullptr;
      char* pem = nullptr;
      if (transport) g_object_get(transport.get(), "remote-certificate", &pem, nullptr);
      const StringPtr owned(pem);
      if (pem) return pem;
    }
  }
  return {};
}

Status WebrtcBin::play() {
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return internal("the pipeline of webrtcbin did not start");
  }
  return Ok{};
}

Result<std::string> WebrtcBin::describe(const char* signal) {
  Promise promise;
  g_signal_emit_by_name(webrtc_.get(), signal, nullptr, promise.get());
  const Result<const GstStructure*> reply = promise.wait(signal, kPatience);
  if (!reply) return reply.error();
  GstWebRTCSessionDescription* raw = nullptr;
  for (const char* field : {"offer", "answer"}) {
    if (*reply && !raw) {
      gst_structure_get(*reply, field, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
    }
  }
  const DescriptionPtr description(raw);
  if (!description) return internal(std::string("webrtcbin made nothing for ") + signal);
  return sdp_text(description.get());
}

Status WebrtcBin::set_description(const char* signal, GstWebRTCSDPType type,
                                  const std::string& sdp) {
  GstSDPMessage* message = nullptr;
  if (gst_sdp_message_new_from_text(sdp.c_str(), &message) != GST_SDP_OK) {
    return invalid("the session description cannot be parsed");
  }
  const DescriptionPtr description(gst_webrtc_session_description_new(type, message));
  Promise promise;
  g_signal_emit_by_name(webrtc_.get(), signal, description.get(), promise.get());
  const Result<const GstStructure*> reply = promise.wait(signal, kPatience);
  if (!reply) return reply.error();
  return Ok{};
}

Status WebrtcBin::add_transceiver(GstWebRTCRTPTransceiverDirection direction, GstCaps* caps) {
  GstWebRTCRTPTransceiver* raw = nullptr;
  g_signal_emit_by_name(webrtc_.get(), "add-transceiver", direction, caps, &raw);
  const Ref<GstWebRTCRTPTransceiver> transceiver = adopt(raw);
  if (!transceiver) return internal("webrtcbin did not make a transceiver");
  // Without it, descriptions leave out what the caps say of NACK.
  if (gst_structure_has_field(gst_caps_get_structure(caps, 0), "rtcp-fb-nack")) {
    g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
  }
  return Ok{};
}

Result<std::string> WebrtcBin::local_description() {
  {
    std::unique_lock lock(shared_->mutex);
    if (!shared_->changed.wait_for(lock, kPatience, [this] { return shared_->gathered; })) {
      return Error{ErrorCode::Unavailable, "webrtcbin did not gather its candidates in time"};
    }
  }
  GstWebRTCSessionDescription* raw = nullptr;
  g_object_get(webrtc_.get(), "local-description", &raw, nullptr);
  const DescriptionPtr description(raw);
  if (!description) return internal("webrtcbin has no local description");
  return sdp_text(description.get());
}

}  // namespace veche::glib
