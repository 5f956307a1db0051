// SPDX-License-Identifier: Apache-2.0
// The pipeline path: packets go through webrtcbin's own elements, hooked in two places.
#pragma once

#include <gio/gio.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "glib/signal.hpp"
#include "glib/webrtc_bin.hpp"
#include "media/lane/ingress.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/pipeline/carrier.hpp"
#include "media/settings.hpp"

namespace veche::media {

class Pipeline final : public PeerConnection {
 public:
  /// The settings outlive it.
  Pipeline(const Settings& settings, glib::WebrtcEvents events, std::shared_ptr<Ingress> ingress);
  ~Pipeline() override;
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  Result<std::string> negotiate(const sdp::SessionPlan& plan,
                                const std::vector<rtp::SlotFormat>& slots) override;
  std::string peer_certificate() const override { return webrtc_->peer_certificate(); }
  /// Latency, and the events that begin the carrier's stream.
  Status open() override;
  Path* path() const override { return carrier_.get(); }
  /// STUN included. A datagram need not be the peer's: it proves that the session may be alive, not
  /// that it is.
  std::optional<int64_t> silence_ns() const override;

 private:
  Status make_webrtc();
  Status configure_agent();
  Status make_carrier(const sdp::SessionPlan& plan, const std::vector<rtp::SlotFormat>& slots);
  Status hook_receiving();

  const Settings& settings_;
  glib::WebrtcEvents events_;
  std::shared_ptr<Ingress> ingress_;  // Shared with the session, which reads its counters.
  std::unique_ptr<glib::WebrtcBin> webrtc_;
  glib::Ref<GSocket> socket_;  // Of the selected pair, once open.
  std::unique_ptr<Carrier> carrier_;
  std::vector<glib::PadProbe> probes_;
};

}  // namespace veche::media
