// SPDX-License-Identifier: Apache-2.0
// Revocations outlive the server.
#include "main/kept_revocations.hpp"

#include <gtest/gtest.h>

#include "../plugin/temporary_dir.hpp"
#include "base/time.hpp"

namespace veche::main {
namespace {

using room::Revocations;
using room::TokenRefusal;

TEST(KeptRevocations, AreTwoNumbers) {
  for (const Revocations::Reach& reach :
       {Revocations::Reach{}, Revocations::Reach{1, 2}, Revocations::Reach{INT64_MAX, -7}}) {
    EXPECT_EQ(parse_reach(text_of(reach)), reach);
  }
  for (const char* text :
       {"", "1", "1 ", " 1 2", "1 2 ", "1 2 3", "1,2", "x 2", "1 x", "99999999999999999999 1"}) {
    EXPECT_EQ(parse_reach(text), std::nullopt) << text;
  }
}

TEST(KeptRevocations, ReachTheSameTokensAfterARestart) {
  glib::ControlLoop loop;
  const TemporaryDir directory;
  const events::Settings settings{.file = directory.file("events.db")};
  const int64_t now_ms = unix_ms();
  {
    const auto log = std::move(events::Log::open(loop, settings)).value();
    Revocations before;
    ASSERT_TRUE(keep_revocations(*log, before).ok());
    before.remove("blue", "ann", now_ms);
    before.outdate("blue", "bob", now_ms);
    before.delete_room("red", now_ms);
    before.remove("blue", "eve", now_ms);
    before.invite("blue", "eve", now_ms - 5);
    before.remove("old", "ann", now_ms - 2 * Revocations::kMaxTokenMs);
  }
  const auto log = std::move(events::Log::open(loop, settings)).value();
  Revocations after;
  ASSERT_TRUE(keep_revocations(*log, after).ok());
  EXPECT_EQ(after.refusal("blue", "ann", now_ms), TokenRefusal::Removed);
  EXPECT_EQ(after.refusal("blue", "bob", now_ms), TokenRefusal::Outdated);
  EXPECT_EQ(after.refusal("red", "ann", now_ms), TokenRefusal::RoomDeleted);
  EXPECT_EQ(after.refusal("blue", "eve", now_ms), std::nullopt);
  EXPECT_EQ(after.refusal("blue", "eve", now_ms - 6), TokenRefusal::Removed);
  EXPECT_GT(after.issue(now_ms - 1000), now_ms) << "a token of now is newer than all of these";
}

}  // namespace
}  // namespace veche::main
