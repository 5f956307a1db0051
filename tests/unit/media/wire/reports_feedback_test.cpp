// SPDX-License-Identifier: Apache-2.0
// Transport-cc feedback, and NACK in both directions.
#include <gmock/gmock.h>

#include <numeric>

#include "reports_fixture.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::Written;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using Arrival = rtp::TransportFeedbackReader::Arrival;

class ReportsFeedbackTest : public test::ReportsTest {
 protected:
  std::vector<uint16_t> numbers_of(const std::vector<Arrival>& arrivals) {
    std::vector<uint16_t> numbers;
    numbers.reserve(arrivals.size());
    for (const Arrival& arrival : arrivals) numbers.push_back(arrival.sequence);
    return numbers;
  }
  /// Packets 1, 2 and 4 arrive; 3 does not.
  void lose_one() {
    for (const uint16_t sequence : {1, 2, 4}) receive(sequence);
  }
};

TEST_F(ReportsFeedbackTest, SaysOfAMicrophoneEvery250MsWhatArrivedWhen) {
  start({.ssrc = kOurs, .transport_cc = kTransportCc}, 0);
  std::vector<Arrival> arrivals;
  std::vector<int64_t> written_ns;
  for (uint16_t i = 0; i < 200; ++i) {
    // Every 5 ms: a packet each 20 ms, a tick each 25 ms.
    if (i % 4 == 0) receive_numbered(i, static_cast<uint16_t>(0xfff0 + i / 4));
    if (i % 5 == 0) {
      const Written written = write();
      if (written.feedbacks > 0) written_ns.push_back(now_ns);
      arrivals.insert(arrivals.end(), written.arrivals.begin(), written.arrivals.end());
    }
    pass_ms(5);
  }
  ASSERT_GE(arrivals.size(), 36u);
  for (size_t i = 0; i < arrivals.size(); ++i) {
    EXPECT_EQ(arrivals[i].sequence, static_cast<uint16_t>(0xfff0 + i));
    EXPECT_EQ(arrivals[i].time_us - arrivals[0].time_us, static_cast<int64_t>(i) * 20'000);
  }
  for (size_t i = 1; i < written_ns.size(); ++i) {
    EXPECT_EQ(written_ns[i] - written_ns[i - 1], 250 * kNsPerMs);
  }
}

TEST_F(ReportsFeedbackTest, SaysOfMuchThatArrivesEvery50Ms) {
  start({.ssrc = kOurs, .transport_cc = kTransportCc}, 0);
  std::vector<int64_t> written_ns;
  for (uint16_t i = 0; i < 400; ++i) {
    receive_numbered(i, i);
    if (i % 25 == 0 && write().feedbacks > 0) written_ns.push_back(now_ns);
    pass_ms(1);
  }
  ASSERT_GE(written_ns.size(), 7u);
  for (size_t i = 1; i < written_ns.size(); ++i) {
    EXPECT_EQ(written_ns[i] - written_ns[i - 1], 50 * kNsPerMs);
  }
}

TEST_F(ReportsFeedbackTest, LeavesOutWhatIsMissingAndSaysNothingTwice) {
  start({.ssrc = kOurs, .transport_cc = kTransportCc}, 0);
  receive_numbered(1, 10);
  receive_numbered(2, 12);
  EXPECT_THAT(numbers_of(write().arrivals), ElementsAre(10, 12));
  pass_ms(300);
  EXPECT_EQ(write().feedbacks, 0u);
  receive_numbered(3, 11);
  EXPECT_THAT(numbers_of(write().arrivals), ElementsAre(11, 12)) << "late, after it was missing";
}

TEST_F(ReportsFeedbackTest, StandsBehindAnEmptyReceiverReport) {
  start({.ssrc = kOurs, .transport_cc = kTransportCc}, 0);
  receive_numbered(1, 10);
  const Written written = write();
  ASSERT_THAT(written.reports, SizeIs(1));
  EXPECT_EQ(written.reports[0].ssrc, kOurs);
  EXPECT_THAT(written.reports[0].blocks, IsEmpty());
  EXPECT_FALSE(written.is_regular());
}

TEST_F(ReportsFeedbackTest, IsOnlyForWhomItWasNegotiated) {
  receive_numbered(1, 10);
  lose_one();
  for (int i = 0; i < 100; ++i) {
    const Written written = tick();
    EXPECT_EQ(written.feedbacks, 0u);
    EXPECT_THAT(written.nacks, IsEmpty());
  }
}

TEST_F(ReportsFeedbackTest, NeedsANumberOfTwoBytes) {
  start({.ssrc = kOurs, .transport_cc = kTransportCc}, 0);
  receive(1);
  const Bytes short_number = rtp::test::build({.sequence = 2,
                                               .ssrc = kTrack,
                                               .extension_profile = 0xbede,
                                               .extensions = {kTransportCc << 4, 1}});
  reports->on_received(*rtp::PacketView::parse(short_number), now_ns);
  EXPECT_EQ(write().feedbacks, 0u);
}

TEST_F(ReportsFeedbackTest, AsksForLostPacketsAndRepeatsThat) {
  start({.ssrc = kOurs, .nack = true}, 0);
  lose_one();
  EXPECT_THAT(write().nacks, IsEmpty()) << "it may only be late";
  int asked = 0;
  for (int i = 0; i < 40; ++i) {
    const Written written = tick();
    if (written.nacks.empty()) continue;
    EXPECT_THAT(written.nacks, ElementsAre(Pair(kTrack, ElementsAre(3))));
    ++asked;
  }
  EXPECT_EQ(asked, rtp::NackSettings{}.max_tries);
}

TEST_F(ReportsFeedbackTest, DoesNotAskForWhatHasComeAfterAll) {
  start({.ssrc = kOurs, .nack = true}, 0);
  lose_one();
  EXPECT_THAT(tick().nacks, SizeIs(1));
  receive(3);
  for (int i = 0; i < 40; ++i) EXPECT_THAT(tick().nacks, IsEmpty());
}

TEST_F(ReportsFeedbackTest, AsksEachSourceForItsOwn) {
  start({.ssrc = kOurs, .nack = true}, 0);
  lose_one();
  for (const uint16_t sequence : {65534, 2}) receive(sequence, kTrack + 1);
  EXPECT_THAT(tick().nacks, ElementsAre(Pair(kTrack, ElementsAre(3)),
                                        Pair(kTrack + 1, ElementsAre(65535, 0, 1))));
}

TEST_F(ReportsFeedbackTest, SendsAgainWhatTheListenerAsksForAsItWas) {
  start({.ssrc = kSlot, .nack = true}, 2);
  const Bytes first = send(1);
  const Bytes second = send(2);
  const Bytes of_another = send(2, kSlot + 1);
  pass_ms(40);
  EXPECT_THAT(hear_nack(kSlot, {1, 2}), ElementsAre(first, second));
  EXPECT_THAT(hear_nack(kSlot + 1, {2}), ElementsAre(of_another));
  EXPECT_THAT(hear_nack(kSlot, {1, 2, 1, 1}), IsEmpty()) << "its copy is still under way";
  pass_ms(40);
  EXPECT_THAT(hear_nack(kSlot, {2}), ElementsAre(second));
}

TEST_F(ReportsFeedbackTest, SendsNothingAgainWithoutEnd) {
  start({.ssrc = kSlot, .nack = true}, 1);
  send(1);
  size_t resent = 0;
  for (int i = 0; i < 1000; ++i) {
    pass_ms(20);
    resent += hear_nack(kSlot, {1}).size();
  }
  EXPECT_EQ(resent, rtp::PacketCache::kMaxResends);
}

TEST_F(ReportsFeedbackTest, SendsNothingAgainThatItDoesNotHave) {
  start({.ssrc = kSlot, .nack = true}, 1);
  for (uint16_t i = 1; i <= 100; ++i) send(i);
  std::vector<uint16_t> all(100);
  std::iota(all.begin(), all.end(), uint16_t{1});
  EXPECT_THAT(hear_nack(kSlot, {60, 101, 40000}), IsEmpty()) << "forgotten, or never sent";
  EXPECT_THAT(hear_nack(kTrack, all), IsEmpty()) << "no slot of the session's";
  EXPECT_THAT(hear_nack(kSlot, all), SizeIs(32));
}

TEST_F(ReportsFeedbackTest, SendsNothingAgainUnlessThatWasNegotiated) {
  start({.ssrc = kSlot}, 1);
  send(1);
  EXPECT_THAT(hear_nack(kSlot, {1}), IsEmpty());
}

}  // namespace
}  // namespace veche::media
