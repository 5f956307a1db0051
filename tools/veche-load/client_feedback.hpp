// SPDX-License-Identifier: Apache-2.0
// The feedback of a direct-path client about the packets that it received. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "base/counter.hpp"
#include "base/time.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/rtcp/nack_generator.hpp"
#include "rtp/rtcp/receiver_statistics.hpp"
#include "rtp/rtcp/transport_feedback.hpp"
#include "rtp/sequence.hpp"

namespace veche::load {

enum class Feedback {
  None = 1,  ///< Empty receiver reports, so that the server knows that the client is alive.
  Reports,   ///< A report block for each slot, once a second.
  Full,      ///< Also NACKs, and transport-cc feedback where the server negotiates it.
};

/// [any]
struct FeedbackCounts {
  Counter reports;       ///< Receiver reports at the regular interval.
  Counter nacks;         ///< Packets requested again.
  Counter transport_cc;  ///< Feedback packets.
};

/// One thread.
class ClientFeedback {
 public:
  /// The counts outlive it.
  ClientFeedback(Feedback kind, uint32_t ssrc, FeedbackCounts& counts, int64_t now_ns);

  /// The header extension id in the server's packets; 0: not negotiated.
  void set_transport_cc(uint8_t extension) { transport_cc_extension_ = extension; }

  void on_rtp(std::span<const uint8_t> packet, int64_t arrival_ns) noexcept;
  /// A compound packet from the server.
  void on_rtcp(std::span<const uint8_t> packet, int64_t arrival_ns) noexcept;

  /// When next() has something to send, unless more arrives.
  int64_t due_ns() const noexcept;
  /// Writes a compound packet and returns its size; 0: nothing is due.
  size_t next(int64_t now_ns, std::span<uint8_t> out) noexcept;

  static constexpr size_t kMaxSize = 1200;
  static constexpr int64_t kIdleReportNs = 5 * kNsPerS;  ///< RFC 3550 section 6.2.
  /// Browsers send between 50 and 250 ms.
  static constexpr int64_t kTransportCcNs = 100 * kNsPerMs;
  static constexpr int64_t kNackNs = 10 * kNsPerMs;

 private:
  struct Source {
    explicit Source(uint32_t ssrc_) : ssrc(ssrc_), statistics(ssrc_, 48000) {}
    uint32_t ssrc;
    rtp::ReceiverStatistics statistics;
    rtp::SequenceExtender sequence;
    rtp::NackGenerator nacks{rtp::NackSettings{}};
  };

  Source& source_of(uint32_t ssrc);
  void add_report(rtp::RtcpWriter& out, int64_t now_ns) noexcept;
  void add_nacks(rtp::RtcpWriter& out, int64_t now_ns) noexcept;
  void add_transport_cc(rtp::RtcpWriter& out, int64_t now_ns) noexcept;
  void introduce(rtp::RtcpWriter& out) const noexcept;

  const Feedback kind_;
  const uint32_t ssrc_;
  FeedbackCounts& counts_;
  uint8_t transport_cc_extension_ = 0;
  std::minstd_rand random_;
  std::vector<Source> sources_;
  rtp::TransportFeedback transport_feedback_;
  int64_t report_due_ns_, nacks_due_ns_ = 0, transport_cc_due_ns_ = 0;
};

}  // namespace veche::load
