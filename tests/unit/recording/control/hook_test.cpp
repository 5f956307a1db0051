// SPDX-License-Identifier: Apache-2.0
// Real commands: their input, the log about them, and that none of them outlives its deadline.
#include "recording/control/hook.hpp"

#include <fcntl.h>
#include <glib.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <veche/host.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <veche/cpp/failure.hpp>

namespace veche::recording {
namespace {

using Strings = std::vector<std::string>;

/// The log lines so far, and a wait for the next.
class LogLines {
 public:
  Hook::Log sink() {
    return [this](uint32_t level, const std::string& line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back({level, line});
      changed_.notify_all();
    };
  }
  /// Empty after a minute.
  std::pair<uint32_t, std::string> next() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::minutes(1), [&] { return read_ < lines_.size(); })) {
      return {};
    }
    return lines_[read_++];
  }
  size_t count() {
    const std::lock_guard lock(mutex_);
    return lines_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<uint32_t, std::string>> lines_;
  size_t read_ = 0;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class HookTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::unique_ptr<char, decltype(&g_free)> made(
        g_dir_make_tmp("veche-hook-XXXXXX", nullptr), g_free);
    ASSERT_TRUE(made);
    directory_ = made.get();
  }
  void TearDown() override {
    hook_.reset();
    std::filesystem::remove_all(directory_);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
    EXPECT_EQ(errno, ECHILD);
  }

  void start(Strings command, int64_t time_limit_ms = 60'000) {
    hook_.emplace(HookSettings{.command = std::move(command), .time_limit_ms = time_limit_ms},
                  log_.sink());
  }
  bool run(const std::string& id = "r1") {
    return hook_->run({.manifest = directory_ + "/manifest.json",
                       .directory = directory_,
                       .room = "tea & \"biscuits\" $(id)",
                       .id = id,
                       .state = "finished"});
  }
  std::string content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(directory_ + "/" + name).rdbuf();
    return text.str();
  }
  /// A FIFO on which commands wait until the test opens it for writing.
  std::string make_gate() const {
    const std::string gate = directory_ + "/gate";
    EXPECT_EQ(mkfifo(gate.c_str(), 0600), 0);
    return gate;
  }

  std::string directory_;
  LogLines log_;
  std::optional<Hook> hook_;
};

TEST_F(HookTest, GivesArgumentsAndEnvironmentWithoutAShell) {
  start({"/bin/sh", "-c",
         "printf '%s\\n' \"$@\" >\"$VECHE_DIRECTORY/out\"; env >>\"$VECHE_DIRECTORY/out\"", "sh",
         "{room}", "{state} {id}"});
  ASSERT_TRUE(run());
  const auto [level, line] = log_.next();
  EXPECT_EQ(level, VECHE_LOG_INFO);
  EXPECT_TRUE(contains(line, "recording r1")) << line;
  EXPECT_TRUE(contains(line, "exit status 0")) << line;
  const std::string out = content("out");
  EXPECT_EQ(out.rfind("tea & \"biscuits\" $(id)\nfinished r1\n", 0), 0U) << out;
  EXPECT_TRUE(contains(out, "VECHE_STATE=finished\n")) << out;
  EXPECT_TRUE(contains(out, "VECHE_MANIFEST=" + directory_ + "/manifest.json\n")) << out;
}

TEST_F(HookTest, GivesNoDescriptorAndNoInput) {
  const int leaked = fcntl(STDERR_FILENO, F_DUPFD, 50);  // Not closed on exec.
  ASSERT_GE(leaked, 50);
  start({"/bin/sh", "-c", "cat; for f in /proc/$$/fd/*; do echo ${f##*/}; done"});
  ASSERT_TRUE(run());
  const auto [level, line] = log_.next();
  close(leaked);
  EXPECT_TRUE(contains(line, ": 0 | 1 | 2")) << line;
  EXPECT_FALSE(contains(line, "| " + std::to_string(leaked))) << line;
}

TEST_F(HookTest, LogsTheFirst4KiBOfWhatItWrote) {
  start({"/bin/sh", "-c",
         "echo begin; printf '\\033[31m'; head -c 300000 /dev/zero | tr '\\0' x; echo end >&2; "
         "exit 3"});
  ASSERT_TRUE(run());
  const auto [level, line] = log_.next();
  EXPECT_EQ(level, VECHE_LOG_WARNING);
  EXPECT_TRUE(contains(line, "exit status 3")) << line;
  EXPECT_TRUE(contains(line, ": begin | ?[31mxxx")) << line;
  EXPECT_LT(line.size(), Child::kMaxOutput + 200);
}

TEST_F(HookTest, KillsTheWholeGroupAfterTheTimeLimit) {
  start(
      {"/bin/sh", "-c", "sleep 1000 & echo $! >\"$VECHE_DIRECTORY/pid\"; trap '' TERM; wait; wait"},
      300);
  ASSERT_TRUE(run());
  const auto [level, line] = log_.next();
  EXPECT_EQ(level, VECHE_LOG_WARNING);
  EXPECT_TRUE(contains(line, "killed after its 300 ms")) << line;
  // It is not this process' child: it may take a moment to end.
  const int grandchild = static_cast<int>(syscall(SYS_pidfd_open, std::stoi(content("pid")), 0));
  if (grandchild < 0) return;
  pollfd ends{grandchild, POLLIN, 0};
  EXPECT_EQ(poll(&ends, 1, 10'000), 1) << "it still runs";
  close(grandchild);
}

TEST_F(HookTest, EndsOneThatWritesForEver) {
  start({"yes"}, 200);
  ASSERT_TRUE(run());
  EXPECT_TRUE(contains(log_.next().second, "killed after its 200 ms: y | y"));
}

TEST_F(HookTest, SaysWhatCannotBeStarted) {
  start({"/nowhere/at/all", "{id}"});
  ASSERT_TRUE(run());
  const auto [level, line] = log_.next();
  EXPECT_EQ(level, VECHE_LOG_ERROR);
  EXPECT_TRUE(contains(line, "'/nowhere/at/all' cannot be started: No such file")) << line;
}

TEST_F(HookTest, RunsFourAtATimeAndLets64Wait) {
  const std::string gate = make_gate();
  start({"/bin/sh", "-c", "echo $1 >>\"$VECHE_DIRECTORY/started\"; read -r line <\"$2\"", "sh",
         "{id}", gate});
  size_t accepted = 0;
  // The number that has left a full queue depends on the thread, but is at most four.
  while (accepted < 100 && run(std::to_string(accepted))) ++accepted;
  EXPECT_GE(accepted, Hook::kMaxWaiting);
  EXPECT_LE(accepted, Hook::kMaxWaiting + Hook::kMaxRunning);
  EXPECT_TRUE(contains(log_.next().second, "is not started: 64 others wait"));
  EXPECT_EQ(log_.count(), 1U) << "none of them has ended";
  // A command never meets a closed end from now on.
  const int open_gate = open(gate.c_str(), O_RDWR);
  ASSERT_GE(open_gate, 0);
  for (size_t ended = 0; ended < accepted; ++ended) {
    ASSERT_EQ(write(open_gate, "go\n", 3), 3);
    const std::string line = log_.next().second;
    ASSERT_TRUE(contains(line, "exit status 0")) << line;
  }
  close(open_gate);
  const std::string started = content("started");
  EXPECT_EQ(static_cast<size_t>(std::count(started.begin(), started.end(), '\n')), accepted);
}

TEST_F(HookTest, EndsWithEverythingThatRunsAndSaysWhatWaited) {
  start({"/bin/sh", "-c", "echo here; exec sleep 1000"});
  for (size_t i = 0; i < 6; ++i) ASSERT_TRUE(run(std::to_string(i)));
  hook_.reset();
  ASSERT_EQ(log_.count(), 6U) << "each is accounted for";
  size_t unstarted = 0;
  for (size_t i = 0; i < 6; ++i) {
    const std::string line = log_.next().second;
    if (contains(line, "was not started: the server stops"))
      ++unstarted;
    else
      EXPECT_TRUE(contains(line, "signal 9")) << line;
  }
  EXPECT_GE(unstarted, 2U);
}

TEST_F(HookTest, LeavesTheHostsChildrenAndSignalsAlone) {
  struct sigaction before {};
  sigaction(SIGCHLD, nullptr, &before);
  const pid_t other = fork();
  ASSERT_GE(other, 0);
  if (other == 0) _exit(7);
  start({"true"});
  ASSERT_TRUE(run());
  EXPECT_TRUE(contains(log_.next().second, "exit status 0"));
  struct sigaction after {};
  sigaction(SIGCHLD, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
  int status = 0;
  ASSERT_EQ(waitpid(other, &status, 0), other);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(HookTest, RefusesACommandThatCannotBeRight) {
  EXPECT_THROW(start({}), Failure);
  EXPECT_THROW(start({"true", "{what}"}), Failure);
}

}  // namespace
}  // namespace veche::recording
