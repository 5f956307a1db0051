// SPDX-License-Identifier: Apache-2.0
// Posts run in order on control; timers end with their owner, even inside their own task.
#include "glib/control_loop.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace veche::glib {
namespace {

void run_all(ControlLoop& loop) {
  while (loop.iterate()) {
  }
}

TEST(ControlLoop, RunsPostsInOrder) {
  ControlLoop loop;
  std::vector<int> seen;
  loop.post([&] {
    seen.push_back(1);
    loop.post([&] { seen.push_back(3); });
  });
  loop.post([&] { seen.push_back(2); });
  EXPECT_TRUE(seen.empty());
  run_all(loop);
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
}

TEST(ControlLoop, RunsPostsOfOtherThreadsOnControl) {
  ControlLoop loop;
  bool on_control = false, off_control = true;
  std::thread poster([&] {
    off_control = loop.is_control();
    loop.post([&] {
      on_control = loop.is_control();
      loop.quit();
    });
  });
  loop.run();
  poster.join();
  EXPECT_TRUE(on_control);
  EXPECT_FALSE(off_control);
}

TEST(ControlLoop, FreesATaskThatRan) {
  ControlLoop loop;
  auto token = std::make_shared<int>();
  loop.post([token] {});
  EXPECT_EQ(token.use_count(), 2);
  run_all(loop);
  EXPECT_EQ(token.use_count(), 1);
}

/// What is on standard error afterwards.
template <class Task>
std::string said_by(Task task) {
  testing::internal::CaptureStderr();
  task();
  return testing::internal::GetCapturedStderr();
}

TEST(ControlLoop, NamesAPostedTaskThatThrowsAndGoesOn) {
  ControlLoop loop;
  int ran = 0;
  const int line = __LINE__ + 1;
  loop.post([] { throw std::length_error("a vector of -1 elements"); });
  loop.post([&] { ++ran; });
  const std::string said = said_by([&] { run_all(loop); });
  EXPECT_EQ(ran, 1);
  EXPECT_NE(
      said.find(" error control: a task posted at tests/unit/glib/control_loop_test.cpp:" +
                std::to_string(line) + " failed: std::length_error: a vector of -1 elements\n"),
      std::string::npos)
      << said;
}

TEST(Timer, SurvivesATaskThatThrowsAnything) {
  ControlLoop loop;
  int calls = 0;
  const Timer timer = loop.every(0, [&] {
    ++calls;
    throw calls;
  });
  const std::string said = said_by([&] {
    while (calls < 3) loop.iterate();
  });
  EXPECT_NE(said.find("failed: an exception of another type"), std::string::npos) << said;
}

TEST(Timer, RepeatsUntilItsOwnerIsGone) {
  ControlLoop loop;
  int calls = 0;
  {
    const Timer timer = loop.every(0, [&] { ++calls; });
    EXPECT_TRUE(timer);
    while (calls < 3) loop.iterate();
  }
  const int calls_at_end = calls;
  run_all(loop);
  EXPECT_EQ(calls, calls_at_end);
}

TEST(Timer, RunsOnce) {
  ControlLoop loop;
  int calls = 0;
  const Timer timer = loop.once(0, [&] { ++calls; });
  while (calls < 1) loop.iterate();
  run_all(loop);
  EXPECT_EQ(calls, 1);
}

TEST(Timer, MayBeEndedByItsOwnTask) {
  ControlLoop loop;
  auto token = std::make_shared<int>(0);
  Timer timer;
  timer = loop.every(0, [&timer, token] {
    timer.cancel();
    ++*token;
  });
  while (*token < 1) loop.iterate();
  run_all(loop);
  EXPECT_EQ(*token, 1);
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_FALSE(timer);
}

TEST(Timer, MovesAndFreesItsTaskWhenReplaced) {
  ControlLoop loop;
  auto token = std::make_shared<int>();
  Timer first = loop.every(1'000'000, [token] {});
  Timer second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT: looks at what a move leaves.
  EXPECT_EQ(token.use_count(), 2);
  second = loop.once(1'000'000, [] {});
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace veche::glib
