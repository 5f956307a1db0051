// SPDX-License-Identifier: Apache-2.0
// A session on the wire path as its lane has it: SRTP in, SRTP out, reports.
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

/// The keys of both directions, once DTLS has made them.
struct WireKeys {
  std::unique_ptr<rtp::SrtpSender> sender;
  std::unique_ptr<rtp::SrtpReceiver> receiver;
};

/// Made on a worker, used on the lane, destroyed on a worker. What is for others says so.
class WirePeer final : public Path {
 public:
  WirePeer(SessionId id, std::shared_ptr<Ingress> ingress, const ReportSettings& reports,
           const std::vector<rtp::SlotFormat>& slots, int64_t now_ns = monotonic_ns());

  SessionId id() const noexcept { return id_; }
  /// Media goes there from now on.
  void send_to(Outbox& outbox, const CandidatePair& route, int64_t now_ns) noexcept;
  /// Where it goes; null: nowhere.
  const CandidatePair* route() const noexcept { return outbox_ ? &route_ : nullptr; }
  void stop_sending() noexcept { outbox_ = nullptr; }
  /// [any] Another one each time when another route was chosen.
  uint32_t route_number() const noexcept { return route_number_.load(std::memory_order_relaxed); }
  /// Without keys all media is dropped.
  void use_keys(WireKeys keys) noexcept { keys_ = std::move(keys); }

  /// A hint: receive_rtp() comes soon. `depth` is 0, then 1 and so on: each follows pointers that
  /// the one before has asked for.
  void prefetch_received(int depth) const noexcept;
  static constexpr int kReceiveDepth = 4;
  /// False: it is not authentic.
  bool receive_rtp(std::span<uint8_t> datagram, int64_t arrival_ns, int64_t now_ns) noexcept;
  bool receive_rtcp(std::span<uint8_t> datagram, int64_t now_ns) noexcept;
  /// Its reports are counted there, which outlives it.
  void count_in(RtcpCounters& counters) noexcept { reports_.count_in(counters); }
  /// Authentic media came from there. True: media should go there too, because nothing has come for
  /// a while from where it goes now. Chromium sends on its new pair at once, but nominates it up
  /// to 2.5 s later.
  bool should_follow(const CandidatePair& from, int64_t now_ns) noexcept;
  /// True once a second: media came that keeps its pair alive.
  bool should_refresh(int64_t now_ns) noexcept;
  /// An authentic binding request.
  void heard(int64_t now_ns) noexcept { ingress_->heard(now_ns); }
  /// False: there have been more DTLS datagrams than a handshake needs.
  bool may_shake_hands(int64_t now_ns) noexcept;
  /// As it is: DTLS, or what is sealed already.
  bool send_raw(std::span<const uint8_t> datagram) noexcept;
  /// Media has come since the last tick(): there may be feedback to give.
  bool has_received() const noexcept { return has_received_; }
  /// Sends the reports that are due.
  void tick(int64_t now_ns) noexcept;

  void prefetch(size_t slot, int depth) const noexcept override;
  std::span<uint8_t> begin(size_t size) noexcept override;
  void send(const rtp::PacketView& packet, size_t slot, int64_t capture_ns) noexcept override;

  /// [any] When something authentic came last; 0: never.
  int64_t last_heard_ns() const noexcept { return ingress_->last_heard_ns(); }
  /// [any]
  const SessionQuality& quality() const noexcept { return reports_.quality(); }

 private:
  void refuse(size_t opened_size) noexcept;

  const SessionId id_;
  std::shared_ptr<Ingress> ingress_;  // Shared with the session, which reads its counters.
  WireKeys keys_;
  Outbox* outbox_ = nullptr;
  std::span<uint8_t> memory_;  // Of the outbox, between begin() and send().
  CandidatePair route_;
  int64_t route_heard_ns_ = 0, refreshed_ns_ = 0;
  bool has_received_ = false;
  TokenBucket handshake_;
  std::atomic<uint32_t> route_number_{0};
  Reports reports_;  // Large, so it is the last: what every packet needs lies together.
};

}  // namespace veche::media
