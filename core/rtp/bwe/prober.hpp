// SPDX-License-Identifier: Apache-2.0
// Tries whether a link carries more than it is used for, with packets that nobody misses.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/bwe/link_state.hpp"
#include "rtp/bwe/packet_result.hpp"
#include "rtp/bwe/probe_cluster.hpp"
#include "rtp/bwe/rate_meter.hpp"

namespace veche::rtp {

/// A packet to send now: a retransmission of about that size if there is one, else padding only.
struct ProbePacket {
  uint8_t cluster = 0;  ///< For SendLog::add(); never 0.
  uint16_t size = 0;    ///< On the wire, with all headers: the packet may be smaller, never larger.
};

/// One for each session, on its lane. A probe is a short cluster and, if that passes without a
/// queue, 300 ms at the wished rate, which a bucket of tokens does not let pass. Both fill up what
/// media leaves of the rate. It probes only where a wish is above what is proven, feedback tells
/// the outcome, and no queue stands; a failed probe is repeated after 1, 2, and then every 4 s.
class Prober {
 public:
  /// [lane] The rate that the session would use next; 0: nothing is probed, and a probe ends.
  void wish(uint32_t bps) noexcept;

  /// [lane] The next packet to send, if one is due. Call it every 5 ms while next_us() is not far,
  /// until it returns nothing: a late call is answered with several packets in a row.
  std::optional<ProbePacket> poll(int64_t now_us, const LinkState& state) noexcept;
  /// [lane] Until then poll() has nothing. A time in the past: only the state keeps it from
  /// probing.
  int64_t next_us() const noexcept { return next_us_; }

  /// [lane] The results that Estimator::on_feedback() has had, and its state. Returns the rate that
  /// a probe has proven, for Estimator::on_proof().
  std::optional<uint32_t> on_feedback(std::span<const PacketResult> results, const LinkState& state,
                                      int64_t now_us) noexcept;

  /// Sizes on the wire between which packets are ordered.
  static constexpr uint16_t kMinSize = 96, kMaxSize = 280;
  /// No wish is probed beyond this.
  static constexpr uint32_t kMostBps = 4'000'000;
  static constexpr int64_t kSustainUs = 300'000;

 private:
  enum class Stage : uint8_t { Idle = 1, Cluster, Sustain };
  bool may_begin(const LinkState& state) const noexcept;
  /// What is used without probes.
  uint32_t media_bps(const LinkState& state) const noexcept;
  void begin(Stage stage, int64_t now_us) noexcept;
  /// The probe ends; the next is not before the pause has passed.
  void end(int64_t pause_us, int64_t now_us) noexcept;
  void fail(int64_t now_us) noexcept;
  /// A probe's proof did not hold: to be cautious, it counts as failed.
  void watch_proof(const LinkState& state, int64_t now_us) noexcept;
  std::optional<uint32_t> judge(const LinkState& state, int64_t now_us) noexcept;

  uint32_t wish_bps_ = 0;
  Stage stage_ = Stage::Idle;
  uint8_t cluster_ = 0;
  uint32_t extra_bps_ = 0;  ///< The rate of the probe's packets.
  int64_t next_us_ = 0;
  uint32_t left_ = 0;        ///< Packets still to send.
  int64_t interval_us_ = 0;  ///< Between them.
  uint16_t size_ = 0;
  ProbeCluster outcome_;
  RateMeter sent_;
  int64_t last_sent_us_ = 0;
  uint32_t failures_ = 0;  ///< In a row.
  int64_t proven_us_ = 0;  ///< When a proof was returned; 0: none to watch.
};

}  // namespace veche::rtp
