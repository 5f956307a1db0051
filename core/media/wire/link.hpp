// SPDX-License-Identifier: Apache-2.0
// The path to one client: numbers what is sent, reads the client's feedback, estimates and probes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "media/ice/rate_limit.hpp"
#include "media/session.hpp"
#include "media/wire/rtcp_counters.hpp"
#include "rtp/bwe/estimator.hpp"
#include "rtp/bwe/prober.hpp"
#include "rtp/bwe/send_log.hpp"
#include "rtp/rtcp/rtcp_reader.hpp"

namespace veche::media {

/// [lane] all but statistics(). No allocation. A client's feedback is not trusted: its cost is
/// bounded, and what it says of packets that were not sent changes nothing.
class Link {
 public:
  /// Chromium sends 4 to 20 feedback packets a second. More than this rate is refused.
  static constexpr TokenRate kFeedbackRate{.interval_ns = 10 * kNsPerMs, .burst = 50};
  /// How often probe() is asked while a probe runs.
  static constexpr int64_t kProbeStepNs = 5 * kNsPerMs;

  /// `extension`: the id of transport-wide numbers in sent packets. 0: the client reads none, so
  /// its receiver reports are the only source.
  explicit Link(uint8_t extension) noexcept : extension_(extension) {}

  /// The packet leaves now, with `wire_size` bytes down to IP: writes its number, if it has room
  /// for one. `cluster`: of ProbePacket; 0: no probe.
  void on_sent(std::span<uint8_t> packet, size_t wire_size, int64_t now_ns,
               uint8_t cluster = 0) noexcept;
  /// It leaves once more, as it was: encrypted, and with the number that it had.
  void on_resent(std::span<const uint8_t> packet, size_t wire_size, int64_t now_ns) noexcept;
  /// Packets take another route from now on, of which nothing is known.
  void on_moved() noexcept;

  /// Transport-wide feedback.
  void on_feedback(const rtp::RtcpPacket& packet, int64_t now_ns) noexcept;
  /// The news of a report block.
  void on_report(const rtp::LinkReport& report, int64_t now_ns) noexcept;
  /// Time has passed. Ten times a second is enough.
  void tick(int64_t now_ns) noexcept;

  /// The rate that the session would use next: see Session::wish().
  void wish(uint32_t bps) noexcept;
  /// The next packet of a probe, if one is due.
  std::optional<rtp::ProbePacket> probe(int64_t now_ns) noexcept;
  /// When to call probe(), again and again until it returns nothing; INT64_MAX: never.
  int64_t probe_due_ns() const noexcept;

  /// [any]
  LinkStatistics statistics() const noexcept;
  /// It outlives the link.
  void count_in(RtcpCounters& counters) noexcept { counters_ = &counters; }
  /// A hint: on_sent() will be called soon.
  void prefetch() const noexcept;

 private:
  void take(std::span<const rtp::PacketResult> results, int64_t now_us) noexcept;
  void refuse() noexcept;
  void publish() noexcept;

  const uint8_t extension_;
  uint32_t wish_bps_ = 0;
  uint16_t next_number_ = 0;
  TokenBucket feedback_;
  RtcpCounters* counters_ = nullptr;  // Null: nothing is counted.
  rtp::Prober prober_;

  // What statistics() reads: the newest state of the estimator.
  std::atomic<rtp::LinkSource> source_{rtp::LinkSource::Unknown};
  std::atomic<bool> is_limit_{false};
  std::atomic<uint32_t> capacity_bps_{0}, queue_us_{0}, burst_{0}, loss_{0}, loss_floor_{0};

  rtp::Estimator estimator_;
  rtp::SendLog log_;  // Large, so it comes last.
};

}  // namespace veche::media
