// SPDX-License-Identifier: Apache-2.0
// posix_spawn, a pipe and a pidfd.
#include "recording/control/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>
#include <veche/cpp/failure.hpp>

namespace veche::recording {
namespace {

constexpr int kMaxReads = 16;  // In a row, of a child that writes faster than it is read.

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const std::string& each : strings) result.push_back(const_cast<char*>(each.c_str()));
  result.push_back(nullptr);
  return result;
}

/// Default signals, a group of its own, no descriptor but the first three.
class SpawnPlan {
 public:
  explicit SpawnPlan(int output) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addchdir_np(&actions_, "/");
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int run(pid_t* pid, const std::vector<std::string>& arguments,
          const std::vector<std::string>& environment) const {
    return posix_spawnp(pid, arguments.front().c_str(), &actions_, &attributes_,
                        pointers(arguments).data(), pointers(environment).data());
  }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

Failure cannot_start(const std::string& program, int error) {
  return {VECHE_E_INTERNAL, "the hook command '" + program + "' cannot be started: " +
                                std::strerror(error) + "; check its path and its rights"};
}

/// [read end, write end]; the first is read without waiting.
std::pair<int, int> make_pipe(const std::string& program) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw cannot_start(program, errno);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {ends[0], ends[1]};
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments,
             const std::vector<std::string>& environment) {
  const auto [read_end, write_end] = make_pipe(arguments.front());
  output_end_ = Descriptor(read_end);
  const Descriptor given(write_end);
  const int error = SpawnPlan(given.get()).run(&pid_, arguments, environment);
  if (error != 0) throw cannot_start(arguments.front(), error);
  exit_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
}

Child::~Child() { kill(); }

void Child::read_output() {
  char bytes[4096];
  for (int rounds = 0; rounds < kMaxReads; ++rounds) {
    const ssize_t count = read(output_end_.get(), bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0 || (count < 0 && errno != EAGAIN)) output_end_ = Descriptor();
    if (count <= 0) return;
    output_.append(bytes, std::min(static_cast<size_t>(count), kMaxOutput - output_.size()));
  }
}

void Child::kill() noexcept {
  if (!ending_) ::kill(-pid_, SIGKILL);
}

std::optional<std::string> Child::ended() {
  if (ending_) return ending_;
  siginfo_t info{};
  // The child stays a zombie until its group is gone, so that no other group gets its number.
  const int waited = waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  if (waited == 0 && info.si_pid == 0) return {};
  if (output_end_.get() >= 0) read_output();
  if (waited == 0) {
    kill();
    waitpid(pid_, nullptr, 0);
    succeeded_ = info.si_code == CLD_EXITED && info.si_status == 0;
    ending_ =
        (info.si_code == CLD_EXITED ? "exit status " : "signal ") + std::to_string(info.si_status);
  } else {
    ending_ = "unknown exit status";  // The host ignores SIGCHLD.
  }
  return ending_;
}

}  // namespace veche::recording
