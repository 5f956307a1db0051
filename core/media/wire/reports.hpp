// SPDX-License-Identifier: Apache-2.0
// The RTCP of one session on its lane: what is reported to its client, and what the client reports.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/prefetch.hpp"
#include "media/feed/track_feed.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/wire/rtcp_counters.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/rewriter.hpp"
#include "rtp/rtcp/capture_clock.hpp"
#include "rtp/rtcp/nack_generator.hpp"
#include "rtp/rtcp/packet_cache.hpp"
#include "rtp/rtcp/receiver_statistics.hpp"
#include "rtp/rtcp/sender_statistics.hpp"
#include "rtp/rtcp/transport_feedback.hpp"

namespace veche::media {

/// What was negotiated.
struct ReportSettings {
  uint32_t ssrc = 0;         ///< As which we report.
  uint8_t transport_cc = 0;  ///< Header extension of what the client sends; 0: no feedback.
  bool nack = false;         ///< Lost packets are asked for, and sent again.
  uint32_t clock_rate = 48000;
};

/// [lane] all but quality(). No allocation after the constructor.
class Reports {
 public:
  /// RTCP of ours stays in one datagram of this size.
  static constexpr size_t kMaxSize = 1200;
  static constexpr int64_t kTickNs = 25 * kNsPerMs;

  Reports(const ReportSettings& settings, const std::vector<rtp::SlotFormat>& slots,
          int64_t now_ns);

  /// When the packet, which is authentic, was captured.
  PacketTimes times(const rtp::PacketView& packet, int64_t arrival_ns) const noexcept;
  /// It belongs to a track. Of more SSRCs than a session may have nothing is reported.
  void on_received(const rtp::PacketView& packet, int64_t arrival_ns) noexcept;
  /// A packet of the slot with that index goes out; `sealed` is what goes over the wire.
  void on_sent(size_t slot, const rtp::PacketView& packet, std::span<const uint8_t> sealed,
               int64_t capture_ns) noexcept;
  /// An authentic compound packet. `resend` gets what has to go out once more, as it was.
  void on_rtcp(std::span<const uint8_t> datagram, int64_t now_ns,
               const std::function<void(std::span<const uint8_t>)>& resend) noexcept;
  /// What is due, written into `out`; empty: nothing. To be asked every kTickNs.
  std::span<const uint8_t> write(int64_t now_ns, std::span<uint8_t> out) noexcept;

  const SessionQuality& quality() const noexcept { return quality_; }
  /// Before anything is received. It outlives the reports.
  void count_in(RtcpCounters& counters) noexcept { counters_ = &counters; }

  /// A hint: on_sent() comes soon.
  void prefetch(size_t slot) const noexcept { veche::prefetch(&slots_[slot]); }
  /// A hint: on_received() comes soon. Depth 0, then 1.
  void prefetch_received(int depth) const noexcept;

 private:
  static constexpr size_t kMaxSources = 8;
  struct Source {
    Source(uint32_t ssrc_, uint32_t clock_rate)
        : ssrc(ssrc_), statistics(ssrc_, clock_rate), clock(clock_rate) {}

    uint32_t ssrc;
    rtp::ReceiverStatistics statistics;
    rtp::CaptureClock clock;
    rtp::SequenceExtender sequence;
    rtp::NackGenerator nacks{rtp::NackSettings{}};
  };
  struct Slot {
    uint32_t ssrc;
    rtp::SenderStatistics statistics;
    std::optional<rtp::PacketCache> cache;  ///< Only where it was negotiated.
  };

  Source* find_source(uint32_t ssrc) noexcept;
  const Source* find_source(uint32_t ssrc) const noexcept;
  Slot* find_slot(uint32_t ssrc) noexcept;
  void on_sender_report(const rtp::SenderReport& report, int64_t now_ns) noexcept;
  void on_blocks(const rtp::ReportBlocks& blocks, int64_t now_ns) noexcept;
  void on_nack(const rtp::Nack& nack, int64_t now_ns,
               const std::function<void(std::span<const uint8_t>)>& resend) noexcept;
  void add_report(rtp::RtcpWriter& out, int64_t now_ns) noexcept;
  void add_feedback(rtp::RtcpWriter& out, int64_t now_ns) noexcept;
  void measure_out(const rtp::ReceiverOpinion& opinion) noexcept;
  void measure_in(const rtp::ReportBlock& block) noexcept;
  uint32_t random() noexcept;

  const ReportSettings settings_;
  const rtp::NtpClock ntp_;
  std::vector<Slot> slots_;
  std::vector<Source> sources_;
  rtp::ParticipantClock participant_clock_;
  rtp::TransportFeedback transport_feedback_;
  SessionQuality quality_;
  RtcpCounters* counters_ = nullptr;  ///< Null: nobody counts.
  int64_t next_report_ns_, last_feedback_ns_ = 0;
  uint64_t random_state_;
};

}  // namespace veche::media
