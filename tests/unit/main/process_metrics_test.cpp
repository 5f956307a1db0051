// SPDX-License-Identifier: Apache-2.0
// Metrics of this process, compared with its real figures.
#include "main/process_metrics.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <thread>

#include "base/time.hpp"

namespace veche::main {
namespace {

/// Static objects are made after the process has started, and before anything is scraped.
const int64_t made_unix_ms = unix_ms();

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

TEST(ProcessMetrics, TellWhenTheProcessStartedNotWhenTheyWereReadFirst) {
  const double start_s = read().at("process_start_time_seconds");
  EXPECT_LT(start_s, static_cast<double>(made_unix_ms) / 1000);
  EXPECT_GT(start_s, static_cast<double>(made_unix_ms) / 1000 - 60);
  EXPECT_EQ(read().at("process_start_time_seconds"), start_s);
}

}  // namespace
}  // namespace veche::main
