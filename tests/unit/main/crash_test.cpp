// SPDX-License-Identifier: Apache-2.0
// A process that crashes: what it logged before is on standard error.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "base/log.hpp"
#include "main/crash_line.hpp"

namespace veche::main {
namespace {

/// More than a pipe holds, so that the last line waits in the queue when the process crashes.
void log_much_and_crash(int signal) {
  write_line_on_crash();
  const log::Background background;
  const std::string text(8192, 'x');
  for (int i = 0; i < 80; ++i) log::info("main", text);
  log::error("main", "the last line");
  std::raise(signal);
}

TEST(CrashDeathTest, ComesAfterTheLastLineOfTheLog) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // Sanitizers have their own handlers for the others.
  EXPECT_EXIT(log_much_and_crash(SIGABRT), testing::KilledBySignal(SIGABRT),
              "the last line\n.*the server has crashed");
  EXPECT_EXIT(log_much_and_crash(SIGTRAP), testing::KilledBySignal(SIGTRAP),
              "the last line\n.*the server has crashed");
}

}  // namespace
}  // namespace veche::main
