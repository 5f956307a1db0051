// SPDX-License-Identifier: Apache-2.0
// The process as metrics: the kernel's line, read, and what this process really has.
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

TEST(ProcessUse, IsReadFromTheLineOfTheKernel) {
  const ProcessUse use = parse_process_use(
      "18206 (a) b (c) S 1 18206 18206 0 -1 4194560 1000 0 0 0 1234 66 0 0 20 0 9 0 3841000 "
      "2000896 1224 18446744073709551615 1 1 0");
  EXPECT_EQ(use.cpu_ticks, 1300u);
  EXPECT_EQ(use.threads, 9);
  EXPECT_EQ(use.virtual_bytes, 2000896);
  EXPECT_EQ(use.resident_pages, 1224);
}

TEST(ProcessUse, IsZeroWhereTheLineIsNone) {
  EXPECT_EQ(parse_process_use("").threads, 0);
  EXPECT_EQ(parse_process_use("1 (x").threads, 0);
  EXPECT_EQ(parse_process_use("1 (x) S 1").threads, 0);
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
