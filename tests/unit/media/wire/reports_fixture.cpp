// SPDX-License-Identifier: Apache-2.0
// The client's side of Reports, and a reader of the server's RTCP.
#include "reports_fixture.hpp"

namespace veche::media::test {
namespace {

void append(std::vector<rtp::ReportBlock>& out, const rtp::ReportBlocks& blocks) {
  for (size_t i = 0; i < blocks.size(); ++i) out.push_back(blocks.at(i));
}

rtp::test::PacketSpec spec_of(uint16_t sequence, uint32_t ssrc) {
  return {.sequence = sequence, .timestamp = 960u * sequence, .ssrc = ssrc};
}

}  // namespace

Written::Written(std::span<const uint8_t> datagram) : size(datagram.size()) {
  rtp::RtcpReader reader(datagram);
  while (const auto packet = reader.next()) {
    if (const auto sender = rtp::SenderReport::parse(*packet)) {
      append(reports.emplace_back(Report{sender->ssrc, sender->info, {}}).blocks, sender->blocks);
    } else if (const auto receiver = rtp::ReceiverReport::parse(*packet)) {
      append(reports.emplace_back(Report{receiver->ssrc, {}, {}}).blocks, receiver->blocks);
    } else if (const auto nack = rtp::Nack::parse(*packet)) {
      nack->for_each([&](uint16_t number) { nacks[nack->media_ssrc()].push_back(number); });
    } else if (auto feedback = rtp::TransportFeedbackReader::parse(*packet)) {
      ++feedbacks;
      while (const auto arrival = feedback->next()) arrivals.push_back(*arrival);
    }
    rtp::CnameReader names(*packet);
    while (const auto cname = names.next()) cnames[cname->ssrc] = cname->name;
  }
  is_whole = !reader.refused();
}

void ReportsTest::start(const ReportSettings& settings, uint32_t slot_count) {
  std::vector<rtp::SlotFormat> slots(slot_count);
  for (uint32_t i = 0; i < slot_count; ++i) slots[i].ssrc = kSlot + i;
  slot_counters = std::vector<SlotCounters>(slot_count);
  reports = std::make_unique<Reports>(settings, slots, now_ns, slot_counters);
  reports->find_tracks([this](uint32_t ssrc) { return ssrc == kTrack ? &feed : nullptr; });
}

void ReportsTest::receive(uint16_t sequence, uint32_t ssrc) {
  const Bytes packet = rtp::test::build(spec_of(sequence, ssrc));
  reports->on_received(*rtp::PacketView::parse(packet), now_ns);
}

void ReportsTest::receive_numbered(uint16_t sequence, uint16_t number) {
  rtp::test::PacketSpec spec = spec_of(sequence, kTrack);
  spec.extension_profile = 0xbede;
  spec.extensions = {kTransportCc << 4 | 1, static_cast<uint8_t>(number >> 8),
                     static_cast<uint8_t>(number)};
  const Bytes packet = rtp::test::build(spec);
  reports->on_received(*rtp::PacketView::parse(packet), now_ns);
}

Bytes ReportsTest::send(uint16_t sequence, uint32_t ssrc) {
  const Bytes packet = rtp::test::build(spec_of(sequence, ssrc));
  Bytes sealed(packet.rbegin(), packet.rend());
  sealed.push_back(0xee);
  reports->on_sent(ssrc - kSlot, *rtp::PacketView::parse(packet), sealed, now_ns);
  return sealed;
}

std::vector<Bytes> ReportsTest::hear(std::span<const uint8_t> datagram) {
  std::vector<Bytes> resent;
  const Bytes exact(datagram.begin(), datagram.end());  // So that sanitizers detect its end.
  reports->on_rtcp(exact, now_ns, [&resent](std::span<const uint8_t> packet) {
    resent.emplace_back(packet.begin(), packet.end());
  });
  return resent;
}

std::vector<Bytes> ReportsTest::hear_nack(uint32_t ssrc, const std::vector<uint16_t>& sequences) {
  std::array<uint8_t, 256> memory;
  rtp::RtcpWriter writer(memory);
  writer.add_receiver_report(kClient, {});
  EXPECT_TRUE(writer.add_nack(kClient, ssrc, sequences));
  return hear(writer.bytes());
}

void ReportsTest::hear_sender_report(uint64_t ntp, uint32_t timestamp, uint32_t ssrc) {
  std::array<uint8_t, 256> memory;
  rtp::RtcpWriter writer(memory);
  writer.add_sender_report(ssrc, {.ntp = ntp, .timestamp = timestamp}, {});
  EXPECT_TRUE(hear(writer.bytes()).empty());
}

void ReportsTest::hear_block(const rtp::ReportBlock& block) {
  std::array<uint8_t, 256> memory;
  rtp::RtcpWriter writer(memory);
  writer.add_receiver_report(kClient, {&block, 1});
  EXPECT_TRUE(hear(writer.bytes()).empty());
}

Written ReportsTest::write() {
  Bytes memory(2 * Reports::kMaxSize);
  Written written(reports->write(now_ns, memory));
  EXPECT_LE(written.size, Reports::kMaxSize);
  EXPECT_TRUE(written.is_whole);
  return written;
}

Written ReportsTest::next_report() {
  for (int64_t waited_ns = 0; waited_ns < 2 * kNsPerS; waited_ns += Reports::kTickNs) {
    Written written = tick();
    if (written.is_regular()) return written;
  }
  ADD_FAILURE() << "no report in two seconds";
  return Written({});
}

}  // namespace veche::media::test
