// SPDX-License-Identifier: Apache-2.0
// Statistics of one received SSRC, and its report block (RFC 3550 section 6.4 and appendix A).
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "rtp/rtcp/reports.hpp"

namespace veche::rtp {

/// Since the first packet, across restarts of the source.
struct ReceptionTotals {
  uint64_t packets = 0;  ///< Including duplicates.
  uint64_t octets = 0;   ///< Payload only.
  int64_t lost = 0;      ///< Negative where there were duplicates.
  uint32_t restarts = 0;
  uint32_t jitter = 0;  ///< Current, in timestamp units.
};

/// One thread. Packets have been authenticated, so the first one counts at once: appendix A.1's
/// probation guards against packets that are not RTP.
class ReceiverStatistics {
 public:
  ReceiverStatistics(uint32_t ssrc, uint32_t clock_rate) noexcept;

  /// False if the packet does not count: its number is too far from the newest, and does not
  /// follow such a packet. Two in a row mean that the source has restarted.
  bool on_packet(uint16_t sequence, uint32_t timestamp, size_t payload_size,
                 int64_t arrival_ns) noexcept;
  /// A sender report of this SSRC.
  void on_sender_report(uint64_t ntp, int64_t arrival_ns) noexcept;

  /// False if there is nothing to report yet.
  bool started() const noexcept { return started_; }
  /// Ends the interval of the loss fraction. Unlike RFC 3550's, it takes packets that came too late
  /// to be heard for lost: encoders protect what it says. `cumulative_lost` is RFC 3550's.
  ReportBlock make_report(int64_t now_ns) noexcept;
  ReceptionTotals totals() const noexcept;

  static constexpr uint16_t kMaxDropout = 3000;  ///< Names of appendix A.1.
  static constexpr uint16_t kMaxMisorder = 100;
  /// A packet is too late if it is this much older than the newest: listeners have concealed it.
  static constexpr int64_t kTooLateNs = 150 * kNsPerMs;

 private:
  void start(uint16_t sequence, uint32_t timestamp) noexcept;
  bool follow(uint16_t sequence, uint32_t timestamp) noexcept;
  void measure_jitter(uint32_t timestamp, int64_t arrival_ns) noexcept;
  uint32_t highest() const noexcept { return cycles_ + newest_; }
  uint32_t expected() const noexcept { return highest() - first_ + 1; }
  /// Of the current run of the source.
  int64_t lost() const noexcept { return int64_t{expected()} - int64_t{received_}; }
  uint32_t jitter() const noexcept { return jitter_x16_ >> 4; }
  uint32_t delay_since_sender_report(int64_t now_ns) const noexcept;

  uint32_t ssrc_;
  uint32_t clock_rate_;

  // Appendix A.1 and A.3; reset when the source restarts.
  bool started_ = false;
  uint16_t newest_ = 0;
  uint32_t newest_timestamp_ = 0;
  uint32_t cycles_ = 0;      ///< In steps of 65536.
  uint32_t first_ = 0;       ///< The number of the first packet.
  uint32_t restart_at_ = 0;  ///< The number that would confirm a restart; over 65535: none.
  uint32_t received_ = 0;
  uint32_t expected_before_ = 0;  ///< At the last report.
  uint32_t received_before_ = 0;
  uint32_t late_ = 0;  ///< Since the last report.

  // Appendix A.8.
  bool has_transit_ = false;
  uint32_t transit_ = 0;
  uint32_t jitter_x16_ = 0;

  ReceptionTotals totals_;  ///< `lost` without the current run.
  uint32_t last_sender_report_ = 0;
  int64_t sender_report_arrival_ns_ = 0;
};

}  // namespace veche::rtp
