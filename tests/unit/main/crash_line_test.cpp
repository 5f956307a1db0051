// SPDX-License-Identifier: Apache-2.0
// The line that a crash writes, and the process that writes it.
#include "main/crash_line.hpp"

#include <gmock/gmock.h>
#include <signal.h>

#include "base/time.hpp"
#include "plugin/hook_mark.hpp"

namespace veche::main {
namespace {

std::string line_of(log::Format format, int64_t unix_ms, int signal, std::string_view plugin,
                    std::string_view hook) {
  char buffer[320];
  return std::string(make_crash_line(buffer, sizeof buffer, format, unix_ms, signal, plugin, hook));
}

TEST(CrashLine, LooksLikeALineOfTheLog) {
  EXPECT_EQ(line_of(log::Format::Text, 1'700'000'000'123, SIGSEGV, "stage", "selector.select"),
            "2023-11-14T22:13:20.123Z error main: the plugin \"stage\" has crashed the server: "
            "SIGSEGV in selector.select\n");
  EXPECT_EQ(line_of(log::Format::Json, 951'782'400'000, SIGABRT, "stage", "create"),
            R"({"time":"2000-02-29T00:00:00.000Z","level":"error","component":"main",)"
            R"("message":"the plugin \"stage\" has crashed the server: SIGABRT in create"})"
            "\n");
  EXPECT_EQ(line_of(log::Format::Text, 1'709'251'199'999, 0, "stage", "create"),
            "2024-02-29T23:59:59.999Z error main: the plugin \"stage\" has ended the server: "
            "exit() in create\n");
  EXPECT_EQ(line_of(log::Format::Text, 0, SIGBUS, "", ""),
            "1970-01-01T00:00:00.000Z error main: the server has crashed: SIGBUS, outside of "
            "plugins' hooks\n");
}

TEST(CrashLine, StaysWithinItsBuffer) {
  char buffer[40];
  EXPECT_EQ(
      make_crash_line(buffer, sizeof buffer, log::Format::Text, 0, SIGBUS, "stage", "a").size(),
      sizeof buffer);
}

TEST(CrashLineDeathTest, NamesThePluginWhoseHookCrashes) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto in_hook = [](void (*act)()) {
    write_line_on_crash();
    const plugin::HookMark mark(plugin::hook_label("stage", "select"), monotonic_ns());
    act();
  };
  EXPECT_DEATH(in_hook([] { *static_cast<volatile int*>(nullptr) = 1; }),
               "plugin \"stage\" has crashed the server: SIGSEGV in select");
  EXPECT_DEATH(in_hook([] { abort(); }),
               "plugin \"stage\" has crashed the server: SIGABRT in select");
  EXPECT_EXIT(in_hook([] { exit(3); }), testing::ExitedWithCode(3),
              "plugin \"stage\" has ended the server: exit.. in select");
}

}  // namespace
}  // namespace veche::main
