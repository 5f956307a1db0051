// SPDX-License-Identifier: Apache-2.0
// A session's Reports on the test's clock, its client's packets, and a parsed form of its RTCP.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../../rtp/packet_builder.hpp"
#include "media/wire/reports.hpp"
#include "rtp/rtcp/feedback.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"
#include "rtp/rtcp/transport_feedback_reader.hpp"

namespace veche::media::test {

using Bytes = std::vector<uint8_t>;

/// The content of one datagram of the server.
struct Written {
  struct Report {
    uint32_t ssrc = 0;
    std::optional<rtp::SenderInfo> info;  ///< Nothing: a receiver report.
    std::vector<rtp::ReportBlock> blocks;
  };

  explicit Written(std::span<const uint8_t> datagram);
  /// A regular report has a CNAME; one that introduces feedback has none.
  bool is_regular() const { return !cnames.empty(); }

  size_t size = 0;
  bool is_whole = true;  ///< It is RTCP to its last byte.
  std::vector<Report> reports;
  std::map<uint32_t, std::string> cnames;
  std::map<uint32_t, std::vector<uint16_t>> nacks;              ///< By media SSRC.
  std::vector<rtp::TransportFeedbackReader::Arrival> arrivals;  ///< Of transport-cc.
  size_t feedbacks = 0;
};

class ReportsTest : public testing::Test {
 protected:
  static constexpr uint32_t kOurs = 100;    ///< The server's SSRC without slots.
  static constexpr uint32_t kSlot = 200;    ///< The first slot.
  static constexpr uint32_t kTrack = 7;     ///< The client's SSRC for media.
  static constexpr uint32_t kClient = 900;  ///< The client's SSRC for reports.
  static constexpr uint8_t kTransportCc = 3;
  static constexpr int64_t kFrameNs = 20 * kNsPerMs;

  ReportsTest() { start({.ssrc = kOurs}, 0); }
  void start(const ReportSettings& settings, uint32_t slot_count);
  void pass_ms(int64_t ms) { now_ns += ms * kNsPerMs; }

  /// The client's packet, 20 ms of voice after the one with the previous number, arrives now.
  void receive(uint16_t sequence, uint32_t ssrc = kTrack);
  /// With a transport-wide number.
  void receive_numbered(uint16_t sequence, uint16_t number);
  /// A slot's packet is sent now; returns its sealed form.
  Bytes send(uint16_t sequence, uint32_t ssrc = kSlot);
  /// The client's RTCP arrives. Returns the packets resent for it.
  std::vector<Bytes> hear(std::span<const uint8_t> datagram);
  std::vector<Bytes> hear_nack(uint32_t ssrc, const std::vector<uint16_t>& sequences);
  void hear_sender_report(uint64_t ntp, uint32_t timestamp, uint32_t ssrc = kTrack);
  void hear_block(const rtp::ReportBlock& block);

  Written write();
  /// Lets time pass in ticks until a regular report is written.
  Written next_report();
  /// Lets one tick pass.
  Written tick() {
    now_ns += Reports::kTickNs;
    return write();
  }

  int64_t now_ns = 1000 * kNsPerS;
  TrackFeed feed{ParticipantId::next(), 1, sdp::MediaKind::Audio, true};  ///< Of kTrack.
  std::vector<SlotCounters> slot_counters;
  std::unique_ptr<Reports> reports;
};

}  // namespace veche::media::test
