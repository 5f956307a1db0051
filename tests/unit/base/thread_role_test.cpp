// SPDX-License-Identifier: Apache-2.0
// A role belongs to one thread, and a scope gives it back.
#include "base/thread_role.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace veche {
namespace {

TEST(ThreadRole, IsOfOneThreadOnly) {
  const ActAs lane(ThreadRole::Lane);
  ThreadRole elsewhere = ThreadRole::Lane;
  std::thread([&elsewhere] { elsewhere = thread_role; }).join();
  EXPECT_EQ(elsewhere, ThreadRole::Other);
  EXPECT_TRUE(is_on_lane());
}

TEST(ThreadRole, ScopesNest) {
  const ThreadRole before = thread_role;
  {
    const ActAs control(ThreadRole::Control);
    EXPECT_TRUE(is_on_control());
    {
      const ActAs lane(ThreadRole::Lane);
      EXPECT_TRUE(is_on_lane());
      EXPECT_FALSE(is_on_control());
    }
    EXPECT_TRUE(is_on_control());
  }
  EXPECT_EQ(thread_role, before);
}

}  // namespace
}  // namespace veche
