// SPDX-License-Identifier: Apache-2.0
// Process statistics: read from the kernel, and plausible.
#include "process_stats.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

namespace veche::load {
namespace {

TEST(LoadProcessStats, CountDescriptorsAndThreadsOfAProcess) {
  const auto before = read_process(getpid());
  ASSERT_TRUE(before);
  const int descriptor = open("/dev/null", O_RDONLY);
  std::optional<ProcessStats> with_more;
  std::thread([&with_more] { with_more = read_process(getpid()); }).join();
  close(descriptor);
  ASSERT_TRUE(with_more);
  EXPECT_EQ(with_more->descriptors, before->descriptors + 1);
  EXPECT_GE(with_more->threads, before->threads + 1);
  EXPECT_GT(before->rss_kb, 500u);
  EXPECT_GE(with_more->cpu_s, before->cpu_s);
}

TEST(LoadProcessStats, KnowNothingOfAProcessThatIsNotThere) { EXPECT_FALSE(read_process(-1)); }

}  // namespace
}  // namespace veche::load
