// SPDX-License-Identifier: Apache-2.0
// One program that runs in a process group of its own, with nothing of this process but two pipes'
// ends. No signal handler is needed, and nobody else's children are waited for.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "recording/file/descriptor.hpp"

namespace veche::recording {

class Child {
 public:
  /// So much of what it writes is kept; the rest is read and dropped.
  static constexpr size_t kMaxOutput = 4096;

  /// Starts it, in "/". Throws Failure if that is impossible.
  Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);
  /// Kills what still runs. Does not wait: ended() does.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Readable when it has ended; -1 on a kernel that has no such descriptors.
  int exit_fd() const noexcept { return exit_.get(); }
  /// Readable when it has written something; -1 once it writes no more.
  int output_fd() const noexcept { return output_end_.get(); }
  void read_output();
  /// The first kMaxOutput bytes, whatever they are.
  const std::string& output() const noexcept { return output_; }

  /// SIGKILL to the whole group.
  void kill() noexcept;
  /// How it ended, as "exit status 3": what is left of its group is then killed, and it is no
  /// zombie. Nothing as long as it runs.
  std::optional<std::string> ended();
  bool succeeded() const noexcept { return succeeded_; }

 private:
  pid_t pid_ = -1;
  Descriptor output_end_, exit_;
  std::string output_;
  std::optional<std::string> ending_;
  bool succeeded_ = false;
};

}  // namespace veche::recording
