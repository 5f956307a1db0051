// SPDX-License-Identifier: Apache-2.0
// Statistics of one sent SSRC: the packets sent, and the receiver's reports about them (RFC 3550
// section 6.4).
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "rtp/rtcp/ntp.hpp"
#include "rtp/rtcp/reports.hpp"

namespace veche::rtp {

/// From the report blocks of the receiver.
struct ReceiverOpinion {
  uint64_t reports = 0;  ///< 0: nothing below is valid.
  uint8_t fraction_lost = 0;
  int32_t cumulative_lost = 0;
  /// The packets that cumulative_lost is a part of: those sent up to the newest one reported.
  int64_t expected = 0;
  int64_t jitter_ns = 0;
  std::optional<int64_t> round_trip_ns;  ///< Smoothed.
};

/// One thread.
class SenderStatistics {
 public:
  SenderStatistics(uint32_t ssrc, uint32_t clock_rate) noexcept;

  /// A packet is sent for the first time. `timestamp` is the slot's; `capture_ns`, from
  /// CaptureClock, is its sample's capture time.
  void on_sent(uint16_t sequence, uint32_t timestamp, size_t payload_size,
               int64_t capture_ns) noexcept;

  /// A packet without payload is sent, as the newest: it has the timestamp of the one before it.
  void on_padding(uint16_t sequence) noexcept;

  /// True if packets were sent since the report before the last one: the slot then gets a sender
  /// report, otherwise none.
  bool is_sender() const noexcept { return silent_reports_ < 2; }
  /// For a sender report now, with the timestamp of a sample captured now. After a change of source
  /// the receiver should get it soon.
  SenderInfo make_info(const NtpClock& clock, int64_t now_ns) noexcept;

  /// A report block of the receiver. False if it is ignored: it is about another SSRC or about a
  /// packet that was not sent. An impossible round trip is left out.
  bool on_report(const ReportBlock& block, const NtpClock& clock, int64_t now_ns) noexcept;

  const ReceiverOpinion& opinion() const noexcept { return opinion_; }
  uint64_t packets() const noexcept { return packets_; }
  uint64_t octets() const noexcept { return octets_; }
  /// The numbers between the first packet and the newest under which none was sent: what was lost
  /// before it came here.
  int64_t absent() const noexcept { return numbers_ - static_cast<int64_t>(packets_); }

  static constexpr int64_t kMaxRoundTripNs = 10 * kNsPerS;
  static constexpr int64_t kMaxJitterNs = 10 * kNsPerS;

 private:
  /// False if it is not the newest.
  bool take_number(uint16_t sequence) noexcept;
  void count_expected(uint32_t highest) noexcept;
  void measure_round_trip(const ReportBlock& block, uint32_t now_compact) noexcept;

  uint32_t ssrc_;
  uint32_t clock_rate_;
  uint64_t packets_ = 0;
  uint64_t octets_ = 0;
  int64_t numbers_ = 0;          ///< From the first packet to the newest.
  uint32_t silent_reports_ = 2;  ///< Reports since the last packet.

  // Of the newest packet.
  uint16_t sequence_ = 0;
  uint32_t timestamp_ = 0;
  int64_t capture_ns_ = 0;

  ReceiverOpinion opinion_;
  uint32_t reported_ = 0;  ///< The highest extended number of the reports.
};

}  // namespace veche::rtp
