// SPDX-License-Identifier: Apache-2.0
// The RTCP of one session on its lane: reads the client's, and writes the server's when it is due.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/wire/link.hpp"
#include "media/wire/reception.hpp"
#include "media/wire/report_settings.hpp"
#include "media/wire/rtcp_counters.hpp"
#include "media/wire/sending.hpp"

namespace veche::media {

/// [lane] all but quality(). No allocation after the constructor.
class Reports {
 public:
  /// The server's RTCP fits into one datagram of this size.
  static constexpr size_t kMaxSize = 1200;
  static constexpr int64_t kTickNs = 25 * kNsPerMs;

  /// `counters`: one for each slot, which outlives the reports, or none.
  Reports(const ReportSettings& settings, const std::vector<rtp::SlotFormat>& slots, int64_t now_ns,
          std::span<SlotCounters> counters = {});

  // See Reception and Sending.
  PacketTimes times(const rtp::PacketView& packet, int64_t arrival_ns) const noexcept {
    return reception_.times(packet, arrival_ns);
  }
  void on_received(const rtp::PacketView& packet, int64_t arrival_ns) noexcept {
    reception_.on_received(packet, arrival_ns);
  }
  void on_sent(size_t slot, const rtp::PacketView& packet, std::span<const uint8_t> sealed,
               int64_t capture_ns) noexcept {
    sending_.on_sent(slot, packet, sealed, capture_ns);
  }
  void on_probe(size_t slot, uint16_t sequence) noexcept { sending_.on_probe(slot, sequence); }
  void use_resends(size_t slot, bool resends) noexcept { sending_.use_resends(slot, resends); }
  void find_tracks(Reception::FindTrack find) { reception_.find_tracks(std::move(find)); }
  void on_moved(uint64_t packets, int64_t now_ns) noexcept { sending_.on_moved(packets, now_ns); }
  void on_settled() noexcept { sending_.on_settled(); }
  const RouteProof& proof() const noexcept { return sending_.proof(); }
  /// An authentic compound packet. `resend` gets each packet that must be sent again, unchanged.
  void on_rtcp(std::span<const uint8_t> datagram, int64_t now_ns,
               const std::function<void(std::span<const uint8_t>)>& resend) noexcept;
  /// Writes the due RTCP into `out`; empty: none. Call it every kTickNs.
  std::span<const uint8_t> write(int64_t now_ns, std::span<uint8_t> out) noexcept;

  const SessionQuality& quality() const noexcept { return quality_; }
  Link& link() noexcept { return link_; }
  const Link& link() const noexcept { return link_; }
  /// To be called before anything is received. The counters outlive the reports.
  void count_in(RtcpCounters& counters) noexcept;

  /// A hint: on_sent() will be called soon.
  void prefetch(size_t slot) const noexcept {
    sending_.prefetch(slot);
    link_.prefetch();
  }
  /// A hint: on_received() will be called soon. Depth 0, then 1.
  void prefetch_received(int depth) const noexcept { reception_.prefetch(depth); }

 private:
  void add_report(rtp::RtcpWriter& out, int64_t now_ns) noexcept;
  uint32_t random() noexcept;

  const uint32_t ssrc_;
  SessionQuality quality_;  // Sending and reception write it.
  Link link_;
  Sending sending_;
  Reception reception_;
  int64_t next_report_ns_;
  uint64_t random_state_;
};

}  // namespace veche::media
