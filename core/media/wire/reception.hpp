// SPDX-License-Identifier: Apache-2.0
// The packets that a session's client sends, and the server's feedback about them: report blocks,
// NACKs and transport-wide feedback.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "media/feed/packet_times.hpp"
#include "media/feed/track_feed.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/wire/report_settings.hpp"
#include "media/wire/rtcp_counters.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/rtcp/capture_clock.hpp"
#include "rtp/rtcp/nack_generator.hpp"
#include "rtp/rtcp/receiver_statistics.hpp"
#include "rtp/rtcp/reports.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"
#include "rtp/rtcp/transport_feedback.hpp"

namespace veche::media {

/// [lane] No allocation after the constructor.
class Reception {
 public:
  static constexpr size_t kMaxSources = 8;
  using Blocks = std::array<rtp::ReportBlock, kMaxSources>;
  /// The track to which an SSRC belongs; null: none.
  using FindTrack = std::function<TrackFeed*(uint32_t ssrc)>;
  /// The most loss, in 256ths, that a track's listeners may make a report say: 15 %. libwebrtc
  /// smooths what it is told over ten seconds. Opus begins its in-band FEC at 1 % of that for
  /// speech, and at 8 % for what it takes for music.
  static constexpr uint8_t kMostAskedLoss = 38;

  /// Writes jitter and loss of received packets into the quality.
  Reception(const ReportSettings& settings, SessionQuality& quality);

  /// The capture time of the packet, which is authentic.
  PacketTimes times(const rtp::PacketView& packet, int64_t arrival_ns) const noexcept;
  /// The packet belongs to a track. Beyond kMaxSources the oldest SSRC is no longer reported.
  void on_received(const rtp::PacketView& packet, int64_t arrival_ns) noexcept;
  /// The client's statement about its own clock.
  void on_sender_report(const rtp::SenderReport& report, int64_t now_ns) noexcept;

  /// Tracks hear of their loss, and may ask for more in reports: see Session::report_loss().
  void find_tracks(FindTrack find) { find_track_ = std::move(find); }

  /// A block for each source, written into `memory`.
  std::span<const rtp::ReportBlock> report(int64_t now_ns, Blocks& memory) noexcept;
  /// The due feedback, after an empty receiver report if nothing precedes it: not every peer
  /// accepts reduced-size RTCP.
  void add_feedback(rtp::RtcpWriter& out, int64_t now_ns, int64_t round_trip_ns) noexcept;

  /// It outlives the reception.
  void count_in(RtcpCounters& counters) noexcept { counters_ = &counters; }
  /// A hint: on_received() will be called soon. Depth 0, then 1.
  void prefetch(int depth) const noexcept;

 private:
  struct Source {
    Source(uint32_t ssrc_, uint32_t clock_rate)
        : ssrc(ssrc_), statistics(ssrc_, clock_rate), clock(clock_rate) {}

    uint32_t ssrc;
    rtp::ReceiverStatistics statistics;
    rtp::CaptureClock clock;
    rtp::SequenceExtender sequence;
    rtp::NackGenerator nacks{rtp::NackSettings{}};
    int64_t lost = 0, expected = 0;  // What its track has heard of.
  };

  Source* find(uint32_t ssrc) noexcept;
  Source& add(uint32_t ssrc) noexcept;
  const Source* find(uint32_t ssrc) const noexcept;
  void measure(const rtp::ReportBlock& block) noexcept;
  void tell_track(Source& source, rtp::ReportBlock& block) noexcept;

  const ReportSettings settings_;
  std::vector<Source> sources_;
  size_t oldest_ = 0;            // Of them, once there are kMaxSources.
  rtp::ReceptionTotals former_;  // Of those that made room: packets and losses.
  rtp::ParticipantClock participant_clock_;
  rtp::TransportFeedback transport_feedback_;
  SessionQuality& quality_;
  FindTrack find_track_;
  RtcpCounters* counters_ = nullptr;  // Null: nothing is counted.
  int64_t last_feedback_ns_ = 0;
};

}  // namespace veche::media
