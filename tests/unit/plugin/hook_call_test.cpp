// SPDX-License-Identifier: Apache-2.0
// Hooks that throw, hooks that fail, and their duration.
#include "plugin/hook_call.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <stdexcept>
#include <thread>
#include <vector>

namespace veche::plugin {
namespace {

TEST(HookCall, HandsOnWhatTheHookReturns) {
  HookTimer timer("start");
  const auto result = call_hook(timer, [] { return 7; });
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 7);
  EXPECT_TRUE(call_hook(timer, [] {}).ok());
  EXPECT_EQ(timer.calls(), 2u);
}

TEST(HookCall, TurnsExceptionsIntoErrors) {
  HookTimer timer("create");
  const auto known = call_hook(timer, [] { throw std::runtime_error("no \xff luck"); });
  ASSERT_FALSE(known.ok());
  EXPECT_EQ(known.error().message, "create threw an exception: no \xef\xbf\xbd luck");
  const auto unknown = call_hook(timer, []() -> int { throw 1; });
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().message, "create threw an exception of an unknown type");
  EXPECT_EQ(timer.calls(), 2u);
}

TEST(HookCall, ReadsErrorsThatAreNotTerminatedOrHaveNoReason) {
  veche_error error = make_error();
  EXPECT_EQ(error.struct_size, sizeof error);
  EXPECT_EQ(to_error(error, "open").message, "open: failed without a reason");
  memset(error.message, 'x', sizeof error.message);
  error.code = VECHE_E_EXHAUSTED;
  const Error full = to_error(error, "open");
  EXPECT_EQ(full.message, "open: " + std::string(sizeof error.message, 'x'));
  EXPECT_EQ(full.code, ErrorCode::Exhausted);
  error.code = -12345;
  EXPECT_EQ(to_error(error, "open", ErrorCode::InvalidArgument).code, ErrorCode::InvalidArgument);
  memset(error.pointer, 'y', sizeof error.pointer);
  EXPECT_EQ(to_error(error, "open").fields[0].pointer, std::string(sizeof error.pointer, 'y'));
}

TEST(HookCall, NamesTheValueThatIsWrong) {
  veche_error error = make_error();
  error.code = VECHE_E_INVALID;
  strcpy(error.message, "is too loud");
  EXPECT_TRUE(to_error(error, "start").fields.empty());
  strcpy(error.pointer, "/gate");
  const Error pointed = to_error(error, "start");
  EXPECT_EQ(pointed.message, "start: /gate: is too loud");
  ASSERT_EQ(pointed.fields.size(), 1u);
  EXPECT_EQ(pointed.fields[0].pointer, "/gate");
  EXPECT_EQ(pointed.fields[0].detail, "is too loud");
}

TEST(HookTimer, KeepsTotalAndMaximumOfAllThreads) {
  HookTimer timer("selector.select");
  std::vector<std::thread> threads;
  for (uint64_t t = 1; t <= 4; ++t) {
    threads.emplace_back([&timer, t] {
      for (uint64_t i = 1; i <= 1000; ++i) timer.record(t * i);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(timer.calls(), 4000u);
  EXPECT_EQ(timer.total_ns(), 10u * 500500u);
  EXPECT_EQ(timer.max_ns(), 4000u);
}

}  // namespace
}  // namespace veche::plugin
