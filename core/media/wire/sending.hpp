// SPDX-License-Identifier: Apache-2.0
// The packets that a session sends to its client, and the client's feedback about them: report
// blocks and NACKs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/prefetch.hpp"
#include "media/lane/path.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/wire/link.hpp"
#include "media/wire/route_proof.hpp"
#include "media/wire/rtcp_counters.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/rewriter.hpp"
#include "rtp/rtcp/feedback.hpp"
#include "rtp/rtcp/packet_cache.hpp"
#include "rtp/rtcp/reports.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"
#include "rtp/rtcp/sender_statistics.hpp"

namespace veche::media {

/// [lane] No allocation after the constructor.
class Sending {
 public:
  /// Writes round trip, and jitter and loss of sent packets, into the quality, and tells the link
  /// of reports. `keeps_packets`: it can resend them. `counters`: one for each slot, or none.
  Sending(const std::vector<rtp::SlotFormat>& slots, bool keeps_packets, SessionQuality& quality,
          Link& link, std::span<SlotCounters> counters, int64_t now_ns);

  /// A packet of the slot with that index is sent; `sealed` is its form on the wire.
  void on_sent(size_t slot, const rtp::PacketView& packet, std::span<const uint8_t> sealed,
               int64_t capture_ns) noexcept;
  /// The same for padding that probes the path, and is not resent.
  void on_probe(size_t slot, uint16_t sequence) noexcept;
  void on_blocks(const rtp::ReportBlocks& blocks, int64_t now_ns) noexcept;
  /// Resends packets of the slot from now on where the client asks, or does not.
  void use_resends(size_t slot, bool resends) noexcept { slots_[slot].resends = resends; }
  /// `resend` gets each packet that must be sent again, unchanged.
  void on_nack(const rtp::Nack& nack, int64_t now_ns,
               const std::function<void(std::span<const uint8_t>)>& resend) noexcept;

  /// A sender report for each sending slot, the first with the blocks. False if no slot sends.
  bool add_reports(rtp::RtcpWriter& out, std::span<const rtp::ReportBlock> blocks,
                   std::string_view cname, int64_t now_ns) noexcept;

  /// Packets take another route from now on, after this many in total.
  void on_moved(uint64_t packets, int64_t now_ns) noexcept {
    proof_.begin(now_ns, rtp::compact_ntp(ntp_.at(now_ns)), packets);
  }
  /// The same for a route that needs no proof.
  void on_settled() noexcept { proof_.end(); }
  /// What the client's reports say of that route.
  const RouteProof& proof() const noexcept { return proof_; }

  /// It outlives the sending.
  void count_in(RtcpCounters& counters) noexcept { counters_ = &counters; }
  /// A hint: on_sent() will be called soon.
  void prefetch(size_t slot) const noexcept { veche::prefetch(&slots_[slot]); }

 private:
  struct Slot {
    uint32_t ssrc;
    rtp::SenderStatistics statistics;
    std::optional<rtp::PacketCache> cache;  // Only where NACK was negotiated.
    SlotCounters* counters = nullptr;       // Null: nothing is counted.
    bool resends = true;
    // Of the reports so far.
    int64_t expected = 0, lost = 0;
    // Packets that the server never had: those that it knows of, those that the client has counted
    // as lost, and those of the newest report that it may still count.
    int64_t absent = 0, absent_lost = 0, absent_open = 0;
  };

  Slot* find(uint32_t ssrc) noexcept;
  void measure(const rtp::ReceiverOpinion& opinion) noexcept;
  void tell_link(Slot& slot, int64_t now_ns) noexcept;
  void sum_up() noexcept;

  const rtp::NtpClock ntp_;
  std::vector<Slot> slots_;
  SessionQuality& quality_;
  Link& link_;
  RouteProof proof_;
  RtcpCounters* counters_ = nullptr;  // Null: nothing is counted.
};

}  // namespace veche::media
