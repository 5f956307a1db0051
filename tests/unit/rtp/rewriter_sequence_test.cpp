// SPDX-License-Identifier: Apache-2.0
// Rewriter: sequence numbers continue over loss, reordering, duplicates, skips and switches.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "slot_stream.hpp"

namespace veche::rtp {
namespace {

using test::build;
using test::Bytes;
using test::kFormat;
using test::SlotStream;

struct Event {
  enum Kind { Write, Skip, Switch } kind;
  uint16_t sequence = 0;
  int expected = -1;  ///< For Write: the relative sequence number sent; -1: none.
};

constexpr auto kWrite = Event::Write;
constexpr auto kSkip = Event::Skip;
constexpr auto kSwitch = Event::Switch;

struct SequenceCase {
  const char* name;
  std::vector<Event> events;
};

void PrintTo(const SequenceCase& c, std::ostream* out) { *out << c.name; }

class RtpRewriterSequence : public testing::TestWithParam<SequenceCase> {};

TEST_P(RtpRewriterSequence, IsAsExpected) {
  // At several places of both number spaces, so that everything is also tested across a wrap.
  for (const uint16_t in : {0, 40000, 65535, 65533}) {
    for (const uint16_t out : {0, 65535, 65533, 32766}) {
      SlotStream slot(kFormat, out);
      int step = 0;
      for (const Event& event : GetParam().events) {
        const auto sequence = static_cast<uint16_t>(in + event.sequence);
        switch (event.kind) {
          case kWrite:
            EXPECT_EQ(slot.sequence_of(sequence), event.expected)
                << "step " << step << " from " << in << " to " << out;
            break;
          case kSkip: slot.skip(sequence); break;
          case kSwitch: slot.rewriter.switch_source(); break;
        }
        ++step;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RtpRewriterSequence,
    testing::Values(
        SequenceCase{"InOrder", {{kWrite, 10, 0}, {kWrite, 11, 1}, {kWrite, 12, 2}}},
        SequenceCase{"KeepsGapsOfLostPackets", {{kWrite, 10, 0}, {kWrite, 13, 3}, {kWrite, 14, 4}}},
        SequenceCase{
            "KeepsReorderedPacketsInPlace",
            {{kWrite, 10, 0}, {kWrite, 13, 3}, {kWrite, 11, 1}, {kWrite, 12, 2}, {kWrite, 14, 4}}},
        SequenceCase{"DropsDuplicates",
                     {{kWrite, 10, 0},
                      {kWrite, 10, -1},
                      {kWrite, 12, 2},
                      {kWrite, 11, 1},
                      {kWrite, 11, -1},
                      {kWrite, 12, -1}}},
        SequenceCase{"KeepsWhatIsAtTheEdgeOfTheWindow",
                     {{kWrite, 10, 0}, {kWrite, 76, 66}, {kWrite, 12, 2}}},
        SequenceCase{"DropsWhatIsTooOld", {{kWrite, 10, 0}, {kWrite, 76, 66}, {kWrite, 11, -1}}},
        SequenceCase{"DropsWhatIsOlderThanTheFirst",
                     {{kWrite, 10, 0}, {kWrite, 9, -1}, {kWrite, 11, 1}}},
        SequenceCase{
            "GoesOnByOneAtASwitch",
            {{kWrite, 10, 0}, {kWrite, 11, 1}, {kSwitch}, {kWrite, 500, 2}, {kWrite, 501, 3}}},
        SequenceCase{"DropsWhatIsOlderThanTheSwitch",
                     {{kWrite, 10, 0},
                      {kSwitch},
                      {kWrite, 500, 1},
                      {kWrite, 499, -1},
                      {kWrite, 436, -1},
                      {kWrite, 502, 3},
                      {kWrite, 499, -1},
                      {kWrite, 501, 2}}},
        SequenceCase{
            "GoesOnByOneAfterALateLastPacket",
            {{kWrite, 10, 0}, {kWrite, 12, 2}, {kWrite, 11, 1}, {kSwitch}, {kWrite, 5, 3}}},
        SequenceCase{"ReturnsToAnEarlierSource",
                     {{kWrite, 10, 0},
                      {kSwitch},
                      {kWrite, 900, 1},
                      {kSwitch},
                      {kWrite, 60, 2},
                      {kWrite, 61, 3}}},
        SequenceCase{"ClosesTheGapOfASkip",
                     {{kWrite, 10, 0},
                      {kSkip, 11},
                      {kWrite, 12, 1},
                      {kSkip, 13},
                      {kSkip, 14},
                      {kWrite, 15, 2}}},
        SequenceCase{"ClosesOnlyTheSkippedPartOfAGap",
                     {{kWrite, 10, 0}, {kSkip, 12}, {kWrite, 13, 2}, {kWrite, 11, 1}}},
        SequenceCase{"KeepsPlacesBehindSeveralSkips",
                     {{kWrite, 10, 0},
                      {kSkip, 12},
                      {kSkip, 14},
                      {kWrite, 15, 3},
                      {kWrite, 13, 2},
                      {kWrite, 11, 1}}},
        SequenceCase{"ClosesALateSkipIfNothingNewerWasSent",
                     {{kWrite, 10, 0}, {kSkip, 12}, {kSkip, 11}, {kWrite, 13, 1}}},
        SequenceCase{
            "LeavesTheGapOfASkipBehindASentPacket",
            {{kWrite, 10, 0}, {kWrite, 12, 2}, {kSkip, 11}, {kWrite, 13, 3}, {kWrite, 11, -1}}},
        SequenceCase{"DoesNotSendWhatWasSkipped",
                     {{kWrite, 10, 0}, {kSkip, 11}, {kWrite, 11, -1}, {kWrite, 12, 1}}},
        SequenceCase{"IgnoresASkipOfWhatWasSent",
                     {{kWrite, 10, 0}, {kWrite, 11, 1}, {kSkip, 11}, {kSkip, 10}, {kWrite, 12, 2}}},
        SequenceCase{"CountsASkippedPacketOnce",
                     {{kWrite, 10, 0}, {kSkip, 11}, {kSkip, 11}, {kWrite, 12, 1}}},
        SequenceCase{"IgnoresSkipsBeforeTheFirstPacket",
                     {{kSkip, 9},
                      {kWrite, 10, 0},
                      {kSwitch},
                      {kSkip, 700},
                      {kWrite, 701, 1},
                      {kWrite, 700, -1}}},
        SequenceCase{"GoesOnByOneAtASwitchBehindSkips",
                     {{kWrite, 10, 0}, {kSkip, 12}, {kSkip, 13}, {kSwitch}, {kWrite, 99, 1}}},
        SequenceCase{"SendsALatePacketBehindASkipOnlyOnce",
                     {{kWrite, 10, 0}, {kSkip, 12}, {kWrite, 11, 1}, {kSwitch}, {kWrite, 99, 2}}},
        SequenceCase{"KeepsTheLongestGap", {{kWrite, 10, 0}, {kWrite, 3010, 3000}}},
        SequenceCase{"TakesALongerJumpForAnotherSource",
                     {{kWrite, 10, 0}, {kWrite, 3011, 1}, {kWrite, 3012, 2}}},
        SequenceCase{"TakesAGapThatSkipsMadeLongerForAnotherSource",
                     {{kWrite, 10, 0}, {kSkip, 3000}, {kWrite, 3012, 1}, {kWrite, 3011, -1}}},
        SequenceCase{"KeepsTheLongestGapAroundASkip",
                     {{kWrite, 10, 0}, {kSkip, 3000}, {kWrite, 3011, 3000}}},
        SequenceCase{
            "IsNotLedAstrayBySkipsThatJumpAround",
            {{kWrite, 10, 0}, {kSkip, 20010}, {kSkip, 40010}, {kSkip, 60010}, {kWrite, 60011, 1}}},
        SequenceCase{"TakesALongerJumpOfASkipForAnotherSource",
                     {{kWrite, 10, 0}, {kSkip, 3011}, {kWrite, 3013, 1}, {kWrite, 3012, -1}}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(RtpRewriter, ClosesALongRunOfSkips) {
  SlotStream slot;
  EXPECT_EQ(slot.sequence_of(0), 0);
  for (uint16_t i = 1; i <= 60000; ++i) slot.skip(i);
  EXPECT_EQ(slot.sequence_of(60001), 1);
}

TEST(RtpRewriter, SendsNothingThatDoesNotFitAndForgetsIt) {
  SlotStream slot;
  const Bytes in = build({.sequence = 1});
  const auto packet = PacketView::parse(in);
  Bytes small(slot.rewriter.max_size(*packet) - 1);
  EXPECT_FALSE(slot.rewriter.write(*packet, 7, std::nullopt, 0, small));
  EXPECT_EQ(slot.sequence_of(1), 0);
}

}  // namespace
}  // namespace veche::rtp
