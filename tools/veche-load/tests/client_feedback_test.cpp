// SPDX-License-Identifier: Apache-2.0
// A client's feedback: its content, its rate, and what it leaves out, in virtual time.
#include "client_feedback.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

#include "rtp/rtcp/feedback.hpp"
#include "rtp/rtcp/ntp.hpp"
#include "rtp/rtcp/reports.hpp"
#include "rtp/rtcp/rtcp_reader.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"

namespace veche::load {
namespace {

constexpr uint32_t kClient = 7, kSlot = 99;
constexpr uint8_t kTransportCc = 3;

/// A client to which a server sends 50 packets a second in one slot.
class LoadFeedback : public testing::Test {
 protected:
  struct Said {
    int reports = 0, blocks = 0, transport_cc = 0;
    std::vector<uint16_t> nacks;
    std::optional<rtp::ReportBlock> last_block;
  };

  LoadFeedback() { feedback(Feedback::Full); }
  void feedback(Feedback kind) {
    feedback_.emplace(kind, kClient, counts_, 0);
    feedback_->set_transport_cc(kTransportCc);
  }
  void packet(uint16_t sequence) {
    const auto high = static_cast<uint8_t>(sequence >> 8), low = static_cast<uint8_t>(sequence);
    const uint8_t bytes[] = {0x90, 111,  high, low, 0,    0,    0,   0, 0,    0, 0, kSlot,
                             0xBE, 0xDE, 0,    1,   0x31, high, low, 0, 0xfc, 1, 2, 3};
    feedback_->on_rtp(bytes, now_ns_);
  }
  /// Advances in steps of 2 ms, like the polling reader; packets in `lost` are missing.
  Said run(int64_t duration_ms, const std::vector<uint16_t>& lost = {}) {
    Said said;
    for (int64_t ms = 0; ms < duration_ms; ms += 2, now_ns_ += 2 * kNsPerMs) {
      if (ms % 20 == 0) {
        const uint16_t sequence = sequence_++;
        if (std::find(lost.begin(), lost.end(), sequence) == lost.end()) packet(sequence);
      }
      std::array<uint8_t, ClientFeedback::kMaxSize> out;
      const bool due = feedback_->due_ns() <= now_ns_;
      const size_t size = feedback_->next(now_ns_, out);
      EXPECT_TRUE(due || size == 0) << "a thread that sleeps until then would miss it";
      read(std::span(out).first(size), said);
    }
    return said;
  }
  static void read(std::span<const uint8_t> datagram, Said& said) {
    rtp::RtcpReader reader(datagram);
    bool first = true;
    while (const auto part = reader.next()) {
      const auto report = rtp::ReceiverReport::parse(*part);
      EXPECT_TRUE(report || !first) << "a compound packet begins with a report";
      first = false;
      if (const auto nack = rtp::Nack::parse(*part))
        nack->for_each([&](uint16_t sequence) { said.nacks.push_back(sequence); });
      if (part->kind() == rtp::RtcpKind::TransportCc) ++said.transport_cc;
      if (part->kind() == rtp::RtcpKind::SourceDescription) ++said.reports;
      if (!report || report->blocks.size() == 0) continue;
      ++said.blocks;
      said.last_block = report->blocks.at(0);
    }
    EXPECT_FALSE(reader.refused());
  }

  FeedbackCounts counts_;
  std::optional<ClientFeedback> feedback_;
  int64_t now_ns_ = 0;
  uint16_t sequence_ = 65'500;
};

TEST_F(LoadFeedback, SaysOnlyThatItIsThereWithNone) {
  feedback(Feedback::None);
  const Said said = run(20'100);
  EXPECT_EQ(said.reports, 4);
  EXPECT_EQ(said.blocks, 0);
  EXPECT_EQ(said.transport_cc, 0);
  EXPECT_EQ(counts_.reports.value(), 4u);
}

TEST_F(LoadFeedback, ReportsOnceASecond) {
  feedback(Feedback::Reports);
  const Said said = run(20'000, {65'520, 65'521});
  EXPECT_NEAR(said.reports, 20, 5);
  EXPECT_EQ(said.blocks, said.reports);
  ASSERT_TRUE(said.last_block);
  EXPECT_EQ(said.last_block->ssrc, kSlot);
  EXPECT_EQ(said.last_block->cumulative_lost, 2);
  EXPECT_TRUE(said.nacks.empty());
  EXPECT_EQ(said.transport_cc, 0);
}

TEST_F(LoadFeedback, AsksForWhatIsMissing) {
  const Said said = run(200, {65'503});
  ASSERT_FALSE(said.nacks.empty());
  for (const uint16_t sequence : said.nacks) EXPECT_EQ(sequence, 65'503);
  EXPECT_EQ(counts_.nacks.value(), said.nacks.size());
  packet(65'503);
  EXPECT_TRUE(run(400).nacks.empty());
}

TEST_F(LoadFeedback, TellsArrivalsTenTimesASecondIfNegotiated) {
  EXPECT_NEAR(run(10'000).transport_cc, 100, 20);
  feedback_->set_transport_cc(0);
  run(200);
  EXPECT_EQ(run(1000).transport_cc, 0);
}

TEST_F(LoadFeedback, AnswersSenderReports) {
  feedback(Feedback::Reports);
  run(20);
  std::array<uint8_t, 100> bytes;
  rtp::RtcpWriter writer(bytes);
  const uint64_t ntp = rtp::ns_to_ntp(1000 * kNsPerS);
  writer.add_sender_report(kSlot, {.ntp = ntp}, {});
  feedback_->on_rtcp(writer.bytes(), now_ns_);
  const Said said = run(3000);
  ASSERT_TRUE(said.last_block);
  EXPECT_EQ(said.last_block->last_sender_report, rtp::compact_ntp(ntp));
}

}  // namespace
}  // namespace veche::load
