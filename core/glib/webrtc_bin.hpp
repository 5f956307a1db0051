// SPDX-License-Identifier: Apache-2.0
// One webrtcbin in a pipeline of its own: what a peer needs of it, be it offering or answering.
#pragma once

#include <gst/webrtc/webrtc.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "glib/ref.hpp"
#include "glib/signal.hpp"

namespace veche::glib {

enum class PeerState { Connected = 1, Failed };

/// Called on webrtcbin's threads, also after the destructor was entered.
struct WebrtcEvents {
  std::function<void(PeerState)> peer_state;
  /// Something in the pipeline has failed for good.
  std::function<void(const std::string& reason)> error;
  /// A pair of candidates works. May be null, and may be called again.
  std::function<void()> ice_connected;
};

/// [worker] All of it: most calls wait for webrtcbin's own thread, each with a time limit.
class WebrtcBin {
 public:
  /// `ice_agent`: a GstWebRTCICE; null: libnice's.
  static Result<std::unique_ptr<WebrtcBin>> create(GObject* ice_agent = nullptr);
  /// The same, with events from the start.
  static Result<std::unique_ptr<WebrtcBin>> create(WebrtcEvents events,
                                                   GObject* ice_agent = nullptr);
  /// State NULL. May block for as long as GStreamer needs. The DTLS elements end soon afterwards.
  ~WebrtcBin();
  WebrtcBin(const WebrtcBin&) = delete;
  WebrtcBin& operator=(const WebrtcBin&) = delete;

  /// Whose events these are from now on: before an offer is set, so that none is missed.
  void serve(WebrtcEvents events);
  /// Whether something in the pipeline has failed for good.
  bool has_failed() const;

  GstElement* get() const { return webrtc_.get(); }
  GstElement* pipeline() const { return pipeline_.get(); }
  /// Null if the element does not exist.
  Ref<GstElement> rtpbin() const;
  /// All within webrtcbin that `factory` has made.
  std::vector<Ref<GstElement>> elements(const char* factory) const;
  /// libnice's agent; null if it has none.
  Ref<GObject> agent() const;

  /// The peer's certificate as PEM, once DTLS has finished. Empty before.
  std::string peer_certificate() const;
  /// When agent and sections are set up.
  Status play();
  /// `signal`: create-offer or create-answer.
  Result<std::string> describe(const char* signal);
  /// `signal`: set-local-description or set-remote-description.
  Status set_description(const char* signal, GstWebRTCSDPType type, const std::string& sdp);
  /// Adds an m-line of an offer, or takes the next one of an answer.
  Status add_transceiver(GstWebRTCRTPTransceiverDirection direction, GstCaps* caps);
  /// The local description with all candidates; waits until they are gathered.
  Result<std::string> local_description();

 private:
  struct Shared;  // What callbacks on webrtcbin's threads hold on to.
  explicit WebrtcBin(std::shared_ptr<Shared> shared);
  void watch_bus();

  std::shared_ptr<Shared> shared_;
  Ref<GstElement> pipeline_, webrtc_;
  std::vector<Signal> signals_;
};

}  // namespace veche::glib
