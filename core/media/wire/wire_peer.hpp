// SPDX-License-Identifier: Apache-2.0
// A session of the wire path on its lane: SRTP in, SRTP out, reports.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/counter.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "media/ice/rate_limit.hpp"
#include "media/lane/ingress.hpp"
#include "media/lane/path.hpp"
#include "media/wire/outbox.hpp"
#include "media/wire/reports.hpp"
#include "rtp/srtp/srtp_receiver.hpp"
#include "rtp/srtp/srtp_sender.hpp"

namespace veche::media {

/// The keys of both directions, once DTLS has derived them.
struct WireKeys {
  std::unique_ptr<rtp::SrtpSender> sender;
  std::unique_ptr<rtp::SrtpReceiver> receiver;
};

/// Made on a worker, used on the lane, destroyed on a worker. Tags mark the exceptions.
class WirePeer final : public Path {
 public:
  WirePeer(SessionId id, std::shared_ptr<Ingress> ingress, const ReportSettings& reports,
           const std::vector<rtp::SlotFormat>& slots, int64_t now_ns = monotonic_ns());

  SessionId id() const noexcept { return id_; }
  /// Sends media there from now on. Unless the route is proven, the client's reports have to prove
  /// it.
  void send_to(Outbox& outbox, const CandidatePair& route, bool is_proven, int64_t now_ns) noexcept;
  /// What they say so far.
  RouteProof::Verdict route_verdict(int64_t now_ns) const noexcept {
    return reports_.proof().verdict(now_ns, packets.value());
  }
  /// The destination of media; null: none.
  const CandidatePair* route() const noexcept { return outbox_ ? &route_ : nullptr; }
  void stop_sending() noexcept {
    outbox_ = nullptr;
    reports_.on_settled();
  }
  /// [any] Changes each time the route changes.
  uint32_t route_number() const noexcept { return route_number_.load(std::memory_order_relaxed); }
  /// Without keys all media is dropped.
  void use_keys(WireKeys keys) noexcept { keys_ = std::move(keys); }

  /// A hint: receive_rtp() will be called soon. `depth` is 0, then 1 and so on: each follows
  /// pointers that the previous depth has prefetched.
  void prefetch_received(int depth) const noexcept;
  static constexpr int kReceiveDepth = 4;
  /// False if it is not authentic.
  bool receive_rtp(std::span<uint8_t> datagram, int64_t arrival_ns, int64_t now_ns) noexcept;
  bool receive_rtcp(std::span<uint8_t> datagram, int64_t now_ns) noexcept;
  /// Counts its reports there. The counters outlive the peer.
  void count_in(RtcpCounters& counters) noexcept { reports_.count_in(counters); }
  /// Authentic media arrived from there. True: media should go there too, because none has arrived
  /// from the current destination for a while. Chromium sends on its new pair at once, but
  /// nominates it up to 2.5 s later.
  bool should_follow(const CandidatePair& from, int64_t now_ns) noexcept;
  /// True once a second: media arrived that keeps its pair alive.
  bool should_refresh(int64_t now_ns) noexcept;
  /// An authentic binding request.
  void heard(int64_t now_ns) noexcept { ingress_->heard(now_ns); }
  /// False if there have been more DTLS datagrams than a handshake needs.
  bool may_shake_hands(int64_t now_ns) noexcept;
  /// Sends the datagram unchanged: DTLS, or one that is already encrypted.
  bool send_raw(std::span<const uint8_t> datagram) noexcept;
  /// Media has arrived since the last tick(): feedback may be due.
  bool has_received() const noexcept { return has_received_; }
  /// Sends the due reports.
  void tick(int64_t now_ns) noexcept;
  /// Sends the due packets of a probe. Call it when they are due, and every Link::kProbeStepNs
  /// while they remain so.
  void probe(int64_t now_ns) noexcept;
  /// INT64_MAX: never.
  int64_t probe_due_ns(int64_t now_ns) const noexcept;

  void prefetch(size_t slot, int depth) const noexcept override;
  std::span<uint8_t> begin(size_t size) noexcept override;
  void send(const rtp::PacketView& packet, size_t slot, int64_t capture_ns,
            int64_t now_ns) noexcept override;
  void resend(size_t slot, bool resends) noexcept override { reports_.use_resends(slot, resends); }
  void wish(uint32_t bps, int64_t /*now_ns*/) noexcept override { reports_.link().wish(bps); }
  void pad_with(PaddingWriter* writer) noexcept override { padding_ = writer; }

  /// [any] The arrival of the last authentic datagram; 0: none.
  int64_t last_heard_ns() const noexcept { return ingress_->last_heard_ns(); }
  /// [any]
  const SessionQuality& quality() const noexcept { return reports_.quality(); }
  /// [any]
  LinkStatistics link() const noexcept { return reports_.link().statistics(); }

 private:
  static constexpr size_t kUsualTrailer = 10;  // Of AES_CM_128_HMAC_SHA1_80.

  void refuse(size_t opened_size) noexcept;
  bool send_padding(const rtp::ProbePacket& order, int64_t now_ns) noexcept;
  /// What the wire adds to a packet: SRTP's tag, UDP and IP.
  size_t overhead() const noexcept { return trailer_size_ + network_size_; }

  const SessionId id_;
  std::shared_ptr<Ingress> ingress_;  // Shared with the session, which reads its counters.
  WireKeys keys_;
  Outbox* outbox_ = nullptr;
  std::span<uint8_t> memory_;  // Of the outbox, between begin() and send().
  CandidatePair route_;
  int64_t route_heard_ns_ = 0, refreshed_ns_ = 0;
  bool has_received_ = false;
  size_t newest_slot_ = 0;  // Of the newest packet.
  size_t trailer_size_ = kUsualTrailer, network_size_ = 0;
  PaddingWriter* padding_ = nullptr;
  TokenBucket handshake_;
  std::atomic<uint32_t> route_number_{0};
  Reports reports_;  // Large, so it comes last: the members that every packet needs are adjacent.
};

}  // namespace veche::media
