// SPDX-License-Identifier: Apache-2.0
// The ICE agent for webrtcbin: a GstWebRTCICE that leaves the network to a lane. The only file that
// knows how that interface differs between versions of GStreamer.
#pragma once

#include <gst/webrtc/webrtc.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "glib/ref.hpp"
#include "media/ice/ice_session.hpp"

namespace veche::media {

/// One per session. webrtcbin's threads and the DTLS relay use it, even after its owner has
/// released it.
class IceAgent : public std::enable_shared_from_this<IceAgent> {
 public:
  static Result<std::shared_ptr<IceAgent>> create();
  ~IceAgent();
  IceAgent(const IceAgent&) = delete;
  IceAgent& operator=(const IceAgent&) = delete;

  /// [worker] Before the descriptions are set. `candidates`: the answer's candidates, each
  /// "candidate:..." as in RFC 8839. `send` gets each DTLS datagram that webrtcbin sends, on its
  /// threads; all other datagrams are dropped.
  void serve(std::vector<std::string> candidates,
             std::function<void(std::span<const uint8_t>)> send);

  /// For webrtcbin's property "ice-agent", which takes over this reference.
  GObject* take_object();

  /// [worker] From the descriptions; PreconditionFailed before they are set.
  Result<IceCredentials> credentials() const;
  /// [any] Drops the datagrams that webrtcbin sends on teardown, such as a DTLS close notification.
  void fall_silent() { silent_.store(true); }
  /// [relay] The first authenticated request has arrived: DTLS may start. Only while webrtcbin
  /// lives: it does not disconnect its signal handlers.
  void connected();
  /// [relay] Hands webrtcbin a DTLS datagram. Only while it lives, for the same reason.
  void receive(std::span<const uint8_t> datagram);

  // The calls of the GstWebRTCICE. [webrtcbin's threads]
  GstWebRTCICEStream* stream() const { return stream_.get(); }
  GstWebRTCICETransport* transport() const { return transport_.get(); }
  void set_local(const char* ufrag, const char* password);
  void set_remote(const char* ufrag);
  void on_candidate(GstWebRTCICEOnCandidateFunc callback, gpointer data);
  void gather(GstWebRTCICE* ice);
  void send(std::span<const uint8_t> datagram) const;

 private:
  IceAgent() = default;
  Status make_elements();
  void begin_stream();

  glib::Ref<GstWebRTCICEStream> stream_;
  glib::Ref<GstWebRTCICETransport> transport_;
  glib::Ref<GstPad> pad_;  // Datagrams enter webrtcbin through it.
  bool begun_ = false;     // [relay]
  std::atomic<bool> silent_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> candidates_;
  // Shared with calls of it that have begun.
  std::shared_ptr<const std::function<void(std::span<const uint8_t>)>> send_;
  IceCredentials credentials_;
  GstWebRTCICEOnCandidateFunc on_candidate_ = nullptr;
  gpointer on_candidate_data_ = nullptr;
};

}  // namespace veche::media
