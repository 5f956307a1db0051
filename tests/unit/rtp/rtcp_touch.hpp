// SPDX-License-Identifier: Apache-2.0
// Reads every value of every packet of a datagram, so that sanitizers detect reads outside it.
#pragma once

#include "rtp/rtcp/feedback.hpp"
#include "rtp/rtcp/reports.hpp"
#include "rtp/rtcp/transport_feedback_reader.hpp"

namespace veche::rtp::test {

/// Adds up the values; the sum itself means nothing.
class Toucher {
 public:
  /// The number of packets that were understood.
  size_t touch(std::span<const uint8_t> datagram) {
    size_t understood = 0;
    RtcpReader reader(datagram);
    while (const auto packet = reader.next()) understood += touch_packet(*packet) ? 1 : 0;
    return understood;
  }

 private:
  void add(uint64_t value) { sum_ = sum_ + value; }
  void add_blocks(const ReportBlocks& blocks) {
    for (size_t i = 0; i < blocks.size(); ++i) add(blocks.at(i).delay_since_sender_report);
  }
  void add_ssrcs(const SsrcList& ssrcs) {
    for (size_t i = 0; i < ssrcs.size(); ++i) add(ssrcs.at(i));
  }

  bool touch_packet(const RtcpPacket& packet) {
    for (const uint8_t byte : packet.body) add(byte);
    CnameReader cnames(packet);
    while (const auto cname = cnames.next()) {
      for (const char c : cname->name) add(static_cast<uint8_t>(c));
    }
    const auto sender_report = SenderReport::parse(packet);
    if (sender_report) add_blocks(sender_report->blocks);
    const auto receiver_report = ReceiverReport::parse(packet);
    if (receiver_report) add_blocks(receiver_report->blocks);
    const auto bye = Bye::parse(packet);
    if (bye) add_ssrcs(bye->ssrcs);
    return touch_feedback(packet) || sender_report || receiver_report || bye ||
           packet.kind() == RtcpKind::SourceDescription;
  }

  bool touch_feedback(const RtcpPacket& packet) {
    const auto nack = Nack::parse(packet);
    if (nack) nack->for_each([&](uint16_t sequence) { add(sequence); });
    const auto fir = Fir::parse(packet);
    for (size_t i = 0; fir && i < fir->size(); ++i) add(fir->at(i).ssrc);
    const auto remb = Remb::parse(packet);
    if (remb) add_ssrcs(remb->ssrcs);
    auto feedback = TransportFeedbackReader::parse(packet);
    while (feedback) {
      const auto arrival = feedback->next();
      if (!arrival) break;
      add(arrival->sequence);
    }
    return nack || fir || remb || feedback || Pli::parse(packet);
  }

  volatile uint64_t sum_ = 0;
};

}  // namespace veche::rtp::test
