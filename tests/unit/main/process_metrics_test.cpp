// SPDX-License-Identifier: Apache-2.0
// The process as metrics: what this process really has.
#include "main/process_metrics.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <thread>

namespace veche::main {
namespace {

std::map<std::string, double> read() {
  std::map<std::string, double> values;
  MetricSink sink([&values](const MetricSample& metric) {
    values[metric.name] = static_cast<double>(metric.value) * metric.scale;
  });
  put_process_metrics(sink);
  return values;
}

TEST(ProcessMetrics, SeeDescriptorsAndThreads) {
  const auto before = read();
  const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::thread([&before] {
    const auto during = read();
    EXPECT_EQ(during.at("process_open_fds"), before.at("process_open_fds") + 1);
    EXPECT_EQ(during.at("process_threads"), before.at("process_threads") + 1);
  }).join();
  close(descriptor);
  EXPECT_GT(before.at("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(before.at("process_max_fds"), before.at("process_open_fds"));
  EXPECT_EQ(before.at("veche_build_info"), 1);
}

}  // namespace
}  // namespace veche::main
