// SPDX-License-Identifier: Apache-2.0
#include "base/thread_priority.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

namespace veche {
namespace {

int own_nice() { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }

TEST(BaseThreadPriority, IsThatOfOneThreadAndNotOfThoseThatItStarts) {
  const int usual = own_nice();
  if (usual != 0) GTEST_SKIP() << "the tests run with nice " << usual;
  bool may_raise = false;
  std::thread([&] {
    may_raise = setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kControlNice) == 0;
  }).join();
  int raised = 0, started = -1;
  std::thread([&] {
    raise_priority(kControlNice);
    raised = own_nice();
    std::thread([&] { started = own_nice(); }).join();
  }).join();
  EXPECT_EQ(raised, may_raise ? kControlNice : usual);
  EXPECT_EQ(started, usual);
  EXPECT_EQ(own_nice(), usual);
}

}  // namespace
}  // namespace veche
