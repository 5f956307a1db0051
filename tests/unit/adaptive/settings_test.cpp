// SPDX-License-Identifier: Apache-2.0
// The settings of the server and of rooms.
#include "adaptive/settings.hpp"

#include <gtest/gtest.h>

#include <veche/cpp/failure.hpp>

namespace veche::adaptive {
namespace {

TEST(AdaptiveSettings, AreReadWithTheirUnits) {
  const Policy policy = parse_settings(
      R"({"mode": "protect", "max_redundancy": 1, "protect_loss_percent": 5,
          "loss_percentile": 90, "min_bitrate_bps": 12000, "max_bitrate_bps": 40000,
          "max_queue_ms": 80, "overload_percent": 70})");
  EXPECT_EQ(policy.mode, Mode::Protect);
  EXPECT_EQ(policy.max_redundancy, 1);
  EXPECT_FLOAT_EQ(policy.protect_loss, 0.05F);
  EXPECT_EQ(policy.loss_percentile, 90U);
  EXPECT_EQ(policy.floors.min_bitrate_bps, 12'000U);
  EXPECT_EQ(policy.floors.max_bitrate_bps, 40'000U);
  EXPECT_FLOAT_EQ(policy.floors.least_loss, 0.05F);
  EXPECT_FALSE(policy.floors.may_hint) << "nobody is asked for less where it only protects";
  EXPECT_EQ(policy.max_queue_us, 80'000U);
  EXPECT_FLOAT_EQ(policy.overload, 0.7F);
}

TEST(AdaptiveSettings, OfARoomReplaceThoseOfTheServer) {
  const Policy server = parse_settings(R"({"mode": "protect", "max_redundancy": 1})");
  const Policy same = combine(server, parse_room("{}"));
  EXPECT_EQ(same.mode, Mode::Protect);
  EXPECT_EQ(same.max_redundancy, 1);
  EXPECT_EQ(same.floors.min_bitrate_bps, 16'000U);
  const Policy other =
      combine(server, parse_room(R"({"mode": "all", "max_redundancy": 2, "min_bitrate_bps": 24000,
                             "max_bitrate_bps": 64000})"));
  EXPECT_EQ(other.mode, Mode::All);
  EXPECT_TRUE(other.floors.may_hint);
  EXPECT_EQ(other.max_redundancy, 1) << "no more than the server allows";
  EXPECT_EQ(other.floors.min_bitrate_bps, 24'000U);
  EXPECT_EQ(other.floors.max_bitrate_bps, 64'000U);
  EXPECT_EQ(combine(server, parse_room(R"({"mode": "off"})")).mode, Mode::Off);
  EXPECT_EQ(combine(server, parse_room(R"({"max_redundancy": 0})")).max_redundancy, 0);
}

TEST(AdaptiveSettings, RefuseWhatIsNoObject) {
  EXPECT_THROW(parse_settings("[]"), Failure);
  EXPECT_THROW(parse_room("{"), Failure);
}

}  // namespace
}  // namespace veche::adaptive
