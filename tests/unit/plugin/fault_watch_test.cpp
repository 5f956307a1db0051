// SPDX-License-Identifier: Apache-2.0
// A plugin's mistakes in the log: at once, and then at most once a minute.
#include "plugin/fault_watch.hpp"

#include <gtest/gtest.h>

namespace veche::plugin {
namespace {

TEST(FaultWatch, ReportsOnceAMinuteAndForgetsNothing) {
  FaultWatch watch("mistakes");
  const struct {
    int64_t at_s;
    uint64_t total;
    const char* line;
  } cases[] = {{0, 0, ""},
               {1, 3, "3 mistakes"},
               {2, 1000, ""},
               {60, 2000, ""},
               {61, 2001, "1998 mistakes"},
               {200, 2001, ""},
               {201, 2002, "1 mistakes"}};
  for (const auto& [at_s, total, line] : cases) {
    EXPECT_EQ(watch.look(total, at_s * kNsPerS), line) << at_s;
  }
}

TEST(FaultWatch, DoesNotBlameAPluginForItsPredecessor) {
  FaultWatch watch("mistakes");
  watch.begin_at(50);
  EXPECT_EQ(watch.look(50, 0), "");
  EXPECT_EQ(watch.look(51, 0), "1 mistakes");
}

}  // namespace
}  // namespace veche::plugin
