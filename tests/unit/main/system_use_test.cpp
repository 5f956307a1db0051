// SPDX-License-Identifier: Apache-2.0
// The system's figures of this process: the kernel's files, and the tightest limit.
#include "main/system_use.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace veche::main {
namespace {

class SystemUseTest : public testing::Test {
 protected:
  SystemUseTest() {
    std::string name = std::filesystem::temp_directory_path() / "veche-system-XXXXXX";
    root_ = mkdtemp(name.data());
    files = {root_ / "proc", root_ / "cgroup"};
    write("proc/self/stat", "1 (veche) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 1 1 1");
    write("proc/sys/kernel/threads-max", "30000\n");
    write("proc/loadavg", "0.20 0.18 0.12 1/800 11206\n");
    write("proc/meminfo",
          "MemTotal:        1000 kB\nMemFree:  1 kB\nMemAvailable:     600 kB\nBuffers: 7 kB\n");
    write("proc/self/cgroup", "0::/system.slice/veche.service\n");
  }
  ~SystemUseTest() override { std::filesystem::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  void remove(const std::string& path) { std::filesystem::remove(root_ / path); }
  void expect_tasks(int64_t limit, int64_t used) const {
    const auto tasks = read_tasks(files);
    ASSERT_TRUE(tasks);
    // A limit of the user that runs this test may be tighter than that of the machine.
    if (tasks->used == 9) return;
    EXPECT_EQ(tasks->limit, limit);
    EXPECT_EQ(tasks->used, used);
  }
  void expect_memory(int64_t limit, int64_t used) const {
    const auto memory = read_memory(files);
    ASSERT_TRUE(memory);
    EXPECT_EQ(memory->limit, limit);
    EXPECT_EQ(memory->used, used);
  }

  SystemFiles files;

 private:
  std::filesystem::path root_;
};

TEST_F(SystemUseTest, IsThatOfTheMachineWithoutControlGroups) {
  expect_tasks(30'000, 800);
  expect_memory(1'024'000, 409'600);
}

TEST_F(SystemUseTest, IsThatOfTheTightestControlGroup) {
  write("cgroup/system.slice/veche.service/pids.max", "500\n");
  write("cgroup/system.slice/veche.service/pids.current", "100\n");
  write("cgroup/system.slice/pids.max", "700\n");
  write("cgroup/system.slice/pids.current", "650\n");
  expect_tasks(700, 650);
  write("cgroup/system.slice/pids.max", "max\n");
  expect_tasks(500, 100);
}

TEST_F(SystemUseTest, OfMemoryLeavesOutFilesThatNobodyLooksAt) {
  write("cgroup/system.slice/veche.service/memory.max", "500000\n");
  write("cgroup/system.slice/veche.service/memory.current", "300000\n");
  write("cgroup/system.slice/veche.service/memory.stat", "anon 7\ninactive_file 50000\nfile 9\n");
  expect_memory(500'000, 250'000);
}

TEST_F(SystemUseTest, IsThatOfTheRootGroupInAContainer) {
  write("proc/self/cgroup", "0::/\n");
  write("cgroup/pids.max", "40\n");
  write("cgroup/pids.current", "30\n");
  expect_tasks(40, 30);
}

TEST_F(SystemUseTest, OfMemoryHasABoundWhereProcShowsProcessesAlone) {
  files.machine_bytes = 8'000'000;
  expect_memory(1'024'000, 409'600);
  remove("proc/meminfo");
  const auto memory = read_memory(files);
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->limit, 8'000'000);
  write("cgroup/system.slice/veche.service/memory.max", "500000\n");
  write("cgroup/system.slice/veche.service/memory.current", "300000\n");
  expect_memory(500'000, 300'000);
  EXPECT_GT(system_files().machine_bytes, 0);
}

TEST_F(SystemUseTest, IsNotKnownWhereThereAreNoFiles) {
  files = {"/nowhere", "/nowhere", 0};
  EXPECT_FALSE(read_memory(files));
}

TEST(ProcessUse, IsReadFromTheLineOfTheKernel) {
  const ProcessUse use = parse_process_use(
      "18206 (a) b (c) S 1 18206 18206 0 -1 4194560 1000 0 0 0 1234 66 0 0 20 0 9 0 3841000 "
      "2000896 1224 18446744073709551615 1 1 0");
  EXPECT_EQ(use.cpu_ticks, 1300u);
  EXPECT_EQ(use.threads, 9);
  EXPECT_EQ(use.start_ticks, 3841000u);
  EXPECT_EQ(use.virtual_bytes, 2000896);
  EXPECT_EQ(use.resident_pages, 1224);
}

TEST(ProcessUse, IsZeroWhereTheLineIsNone) {
  EXPECT_EQ(parse_process_use("").threads, 0);
  EXPECT_EQ(parse_process_use("1 (x").threads, 0);
  EXPECT_EQ(parse_process_use("1 (x) S 1").threads, 0);
}

TEST(SystemReading, SeesEachDescriptor) {
  const auto before = read_system().descriptors;
  ASSERT_TRUE(before);
  const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(read_system().descriptors->used, before->used + 1);
  close(descriptor);
  EXPECT_GT(before->limit, before->used);
  EXPECT_GT(read_system().tasks.value_or(room::ResourceUse{}).used, 0);
}

}  // namespace
}  // namespace veche::main
