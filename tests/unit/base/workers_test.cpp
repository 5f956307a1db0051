// SPDX-License-Identifier: Apache-2.0
// Workers: every task is done, in order if there is one thread, before the destructor returns.
#include "base/workers.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

namespace veche {
namespace {

TEST(BaseWorkers, FinishEverythingBeforeTheyEnd) {
  std::atomic<int> done{0};
  {
    Workers workers("test", 3);
    for (int i = 0; i < 1000; ++i) workers.run([&done] { ++done; });
  }
  EXPECT_EQ(done, 1000);
}

TEST(BaseWorkers, KeepTheOrderWhenThereIsOne) {
  std::vector<int> order;
  {
    Workers workers("test", 1);
    for (int i = 0; i < 100; ++i) workers.run([&order, i] { order.push_back(i); });
  }
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(BaseWorkers, WorkBesideEachOther) {
  std::promise<void> second_runs, first_done;
  Workers workers("test", 2);
  // The first can only finish if the second runs at the same time.
  workers.run([&] {
    second_runs.get_future().wait();
    first_done.set_value();
  });
  workers.run([&] { second_runs.set_value(); });
  first_done.get_future().wait();
}

TEST(BaseWorkers, LogATaskThatThrowsAndGoOn) {
  std::atomic<int> done{0};
  testing::internal::CaptureStderr();
  {
    Workers workers("test", 1);
    workers.run([] { throw std::runtime_error("no more threads"); });
    workers.run([&done] { ++done; });
  }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(done, 1);
  EXPECT_NE(said.find(" error test: a task posted at tests/unit/base/workers_test.cpp:"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("failed: std::runtime_error: no more threads\n"), std::string::npos) << said;
}

TEST(BaseWorkers, MayBeLessUrgent) {
  std::promise<int> nice;
  Workers workers("test", 1, 7);
  workers.run([&] { nice.set_value(getpriority(PRIO_PROCESS, 0)); });
  EXPECT_EQ(nice.get_future().get(), 7);
}

TEST(BaseWorkers, MayBeGivenTasksByTasks) {
  std::promise<void> done;
  Workers workers("test", 1);
  workers.run([&] { workers.run([&] { done.set_value(); }); });
  done.get_future().wait();
}

}  // namespace
}  // namespace veche
