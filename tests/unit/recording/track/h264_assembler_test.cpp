// SPDX-License-Identifier: Apache-2.0
// H.264 units from RTP payloads: single, aggregated, fragmented, and broken ones.
#include "recording/track/h264_assembler.hpp"

#include <gtest/gtest.h>

namespace veche::recording::h264_assembler_test {
namespace {

using Bytes = std::vector<uint8_t>;

struct Step {
  Bytes payload;
  bool is_taken = true;
  bool is_after_loss = false;
};
struct Case {
  const char* name;
  std::vector<Step> steps;
  Bytes expected;
  bool is_damaged = false;
};
class H264Table : public ::testing::TestWithParam<Case> {};

TEST_P(H264Table, IsPutTogether) {
  H264Assembler h264;
  for (const Step& step : GetParam().steps) {
    if (step.is_after_loss) h264.lose();
    EXPECT_EQ(h264.push(step.payload), step.is_taken);
  }
  EXPECT_EQ(h264.is_damaged(), GetParam().is_damaged);
  EXPECT_EQ(h264.take(), GetParam().expected);
  EXPECT_TRUE(h264.is_empty());
  EXPECT_FALSE(h264.is_damaged());
}

INSTANTIATE_TEST_SUITE_P(
    Payloads, H264Table,
    ::testing::Values(
        Case{"single", {{{0x65, 1, 2}}}, {0, 0, 0, 1, 0x65, 1, 2}},
        Case{"aggregate",
             {{{0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 2}}},
             {0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 2}},
        Case{"fragments",
             {{{0x7c, 0x85, 1}}, {{0x7c, 0x05, 2}}, {{0x7c, 0x45, 3}}},
             {0, 0, 0, 1, 0x65, 1, 2, 3}},
        Case{"fragments_after_a_unit",
             {{{0x67, 1}}, {{0x7c, 0x85, 1}}, {{0x7c, 0x45, 3}}},
             {0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x65, 1, 3}},
        Case{"lost_middle",
             {{{0x67, 1}}, {{0x7c, 0x85, 1}}, {{0x7c, 0x45, 3}, true, true}},
             {0, 0, 0, 1, 0x67, 1},
             true},
        Case{"lost_beginning", {{{0x7c, 0x05, 1}, true, true}, {{0x7c, 0x45, 3}}}, {}, true},
        Case{"lost_end", {{{0x7c, 0x85, 1}}, {{0x41, 2}, true, true}}, {0, 0, 0, 1, 0x41, 2}, true},
        Case{"end_never_sent", {{{0x7c, 0x85, 1}}, {{0x41, 2}}}, {0, 0, 0, 1, 0x41, 2}, true},
        Case{"begun_twice", {{{0x7c, 0x85, 1}}, {{0x7c, 0xc5, 2}}}, {0, 0, 0, 1, 0x65, 2}, true},
        Case{"empty", {{{}, false}}, {}}, Case{"forbidden_bit", {{{0xe5, 1}, false}}, {}},
        Case{"header_alone", {{{0x65}, false}}, {}}, Case{"type_0", {{{0x60, 1}, false}}, {}},
        Case{"other_aggregates", {{{0x79, 0, 0, 0, 2, 0x67, 1}, false}, {{0x7a, 0}, false}}, {}},
        Case{"nested_aggregate", {{{0x78, 0, 3, 0x78, 0, 0}, false}}, {}},
        Case{"aggregate_too_long", {{{0x78, 0, 9, 0x67, 1}, false}}, {}},
        Case{"aggregate_cut", {{{0x78, 0, 2, 0x67, 1, 0}, false}}, {0, 0, 0, 1, 0x67, 1}},
        Case{"fragment_of_nothing", {{{0x7c}, false}, {{0x7c, 0x85}, false}}, {}}),
    [](const auto& info) { return info.param.name; });

TEST(H264Assembler, DropsAUnitThatIsTooLong) {
  H264Assembler h264;
  Bytes fragment(60'000, 0x11);
  fragment[0] = 0x7c;
  fragment[1] = 0x85;
  EXPECT_TRUE(h264.push(Bytes{0x67, 1}));
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    if (!h264.push(fragment)) ++refused;
    fragment[1] = 0x05;
  }
  EXPECT_EQ(refused, 1);
  EXPECT_TRUE(h264.is_damaged());
  EXPECT_EQ(h264.take(), (Bytes{0, 0, 0, 1, 0x67, 1}));
}

}  // namespace
}  // namespace veche::recording::h264_assembler_test
