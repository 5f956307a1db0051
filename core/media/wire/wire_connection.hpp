// SPDX-License-Identifier: Apache-2.0
// The wire path: webrtcbin negotiates, the lane carries.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "glib/webrtc_bin.hpp"
#include "media/lane/ingress.hpp"
#include "media/lane/lane.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/wire/dtls_relay.hpp"
#include "media/wire/ice_agent.hpp"
#include "media/wire/standby.hpp"
#include "media/wire/wire_peer.hpp"
#include "media/wire/wire_port.hpp"

namespace veche::media {

class WireConnection final : public PeerConnection {
 public:
  /// `port` is the lane's; both, the relay and `standby` outlive it.
  WireConnection(SessionId session, Lane& lane, WirePort& port, DtlsRelay& relay, Standby& standby,
                 glib::WebrtcEvents events, std::shared_ptr<Ingress> ingress);
  ~WireConnection() override;
  WireConnection(const WireConnection&) = delete;
  WireConnection& operator=(const WireConnection&) = delete;

  Result<std::string> negotiate(const sdp::SessionPlan& plan,
                                const std::vector<rtp::SlotFormat>& slots) override;
  void admit(const std::function<void(Status)>& done) override;
  std::string peer_certificate() const override { return webrtc_->peer_certificate(); }
  Status open() override;
  void start() override;
  std::shared_ptr<void> take_spare() override;
  Lane* lane() const override { return &lane_; }
  Path* path() const override { return has_slots_ ? peer_ : nullptr; }
  std::optional<int64_t> silence_ns() const override;
  const SessionQuality* quality() const override { return peer_ ? &peer_->quality() : nullptr; }
  LinkStatistics link() const override { return peer_ ? peer_->link() : LinkStatistics{}; }
  void restart_ice(const std::string& client_ufrag,
                   const std::function<void(Result<sdp::IceParameters>)>& done) override;
  void ask_address(const std::function<void(std::string)>& tell) override;
  void leave(const std::function<void()>& done) override;

 private:
  /// The state that commands on the lane use. They share ownership, so none of them checks whether
  /// the connection still exists.
  struct Seat {
    const SessionId session;
    WirePort& port;
    IceCredentials credentials;
    std::unique_ptr<WirePeer> peer;  // Before the port takes it and after it returns it.
    WireKeys keys;                   // Between open() and start().
  };

  const SessionId session_;
  Lane& lane_;
  const std::shared_ptr<Seat> seat_;
  DtlsRelay& relay_;
  Standby& standby_;
  glib::WebrtcEvents events_;
  std::shared_ptr<Ingress> ingress_;  // Shared with the session, which reads its counters.
  std::shared_ptr<IceAgent> agent_;   // Shared with webrtcbin and the relay.
  std::unique_ptr<glib::WebrtcBin> webrtc_;
  WirePeer* peer_ = nullptr;
  bool has_slots_ = false;
  bool is_dtls_client_ = false;
  uint32_t told_route_ = 0;  // The number of the route at the last query.
};

}  // namespace veche::media
