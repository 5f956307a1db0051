// SPDX-License-Identifier: Apache-2.0
// One webrtcbin in its GstPipeline, with our hooks in it. What may block: it is used on workers
// only.
#pragma once

#include <gio/gio.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "glib/ref.hpp"
#include "glib/signal.hpp"
#include "glib/webrtc_bin.hpp"
#include "media/pipeline/carrier.hpp"
#include "media/pipeline/ingress.hpp"
#include "media/sdp_profile.hpp"
#include "media/settings.hpp"
#include "rtp/rewriter.hpp"

namespace veche::media {

/// One webrtcbin in one GstPipeline, and our hooks in it. Everything here is used on workers, one
/// at a time, except the two shared ends: the ingress (streaming) and the carrier (lane).
class Pipeline {
 public:
  /// All pipelines share one clock and one base time, so that running times can be compared.
  static Result<std::unique_ptr<Pipeline>> create(const Settings& settings,
                                                  glib::WebrtcEvents events,
                                                  std::shared_ptr<Ingress> ingress);
  /// Takes it down: state NULL, hooks off. May block for as long as GStreamer needs.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Answers the plan's offer. `slots`: the format of each slot, in the order of the plan's slots.
  /// Returns the answer for the client, with all candidates.
  Result<std::string> negotiate(const SessionPlan& plan, const std::vector<rtp::SlotFormat>& slots);
  /// The peer's certificate, once DTLS has finished. Empty before.
  std::string peer_certificate() const;
  /// Once connected: latency, and the events that begin the carrier's stream.
  Status open();
  /// How long ago the last datagram of any kind came, STUN included; only after open(). Nothing if
  /// the kernel cannot tell. What came need not be from the peer: it proves that a session may
  /// live, not that it does. [control]
  std::optional<int64_t> silence_ns() const;
  /// Null if the session has no slot.
  Carrier* carrier() const { return carrier_.get(); }

 private:
  Pipeline(std::unique_ptr<glib::WebrtcBin> webrtc, std::shared_ptr<Ingress> ingress);

  Status configure_agent(const Settings& settings);
  Status add_transceivers(const SessionPlan& plan, const std::vector<rtp::SlotFormat>& slots);
  Status make_carrier();
  Status hook_receiving();

  std::unique_ptr<glib::WebrtcBin> webrtc_;
  std::shared_ptr<Ingress> ingress_;  // Shared with the session, which reads its counters.
  glib::Ref<GSocket> socket_;         // Of the selected pair, once open.
  glib::Ref<GstCaps> carrier_caps_;   // Null without a slot.
  std::unique_ptr<Carrier> carrier_;
  std::vector<glib::PadProbe> probes_;
};

}  // namespace veche::media
