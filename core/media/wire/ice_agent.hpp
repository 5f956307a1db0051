// SPDX-License-Identifier: Apache-2.0
// What webrtcbin takes for its ICE agent: a GstWebRTCICE that leaves the network to a lane. The one
// file that knows how that interface differs between versions of GStreamer.
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

/// One per session. webrtcbin's threads and the DTLS relay use it, also after its owner has let go.
class IceAgent : public std::enable_shared_from_this<IceAgent> {
 public:
  /// `candidates`: what the answer lists, as "candidate:..." of RFC 8839. `send` gets each datagram
  /// that webrtcbin wants sent, on its threads; all but DTLS are left out.
  static Result<std::shared_ptr<IceAgent>> create(
      std::vector<std::string> candidates, std::function<void(std::span<const uint8_t>)> send);
  ~IceAgent();
  IceAgent(const IceAgent&) = delete;
  IceAgent& operator=(const IceAgent&) = delete;

  /// For webrtcbin's property "ice-agent", which takes this reference over.
  GObject* take_object();

  /// [worker] What the descriptions said; PreconditionFailed before they were set.
  Result<IceCredentials> credentials() const;
  /// [any] webrtcbin's last words at its end, a close notification among them, are not sent.
  void fall_silent() { silent_.store(true); }
  /// [relay] The first authenticated request has come: DTLS may begin. As long as webrtcbin lives:
  /// it does not disconnect from what it watches.
  void connected();
  /// [relay] Hands webrtcbin a DTLS datagram. Likewise.
  void receive(std::span<const uint8_t> datagram);

  // What the GstWebRTCICE calls. [webrtcbin's threads]
  GstWebRTCICEStream* stream() const { return stream_.get(); }
  GstWebRTCICETransport* transport() const { return transport_.get(); }
  void set_local(const char* ufrag, const char* password);
  void set_remote(const char* ufrag);
  void on_candidate(GstWebRTCICEOnCandidateFunc callback, gpointer data);
  void gather(GstWebRTCICE* ice);
  void send(std::span<const uint8_t> datagram) const;

 private:
  IceAgent(std::vector<std::string> candidates, std::function<void(std::span<const uint8_t>)> send);
  Status make_elements();
  void begin_stream();

  const std::vector<std::string> candidates_;
  const std::function<void(std::span<const uint8_t>)> send_;
  glib::Ref<GstWebRTCICEStream> stream_;
  glib::Ref<GstWebRTCICETransport> transport_;
  glib::Ref<GstPad> pad_;  // Through it datagrams enter webrtcbin.
  bool begun_ = false;     // [relay]
  std::atomic<bool> silent_{false};
  mutable std::mutex mutex_;
  IceCredentials credentials_;
  GstWebRTCICEOnCandidateFunc on_candidate_ = nullptr;
  gpointer on_candidate_data_ = nullptr;
};

}  // namespace veche::media
