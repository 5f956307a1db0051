// SPDX-License-Identifier: Apache-2.0
// One program in a process group of its own, which inherits nothing of this process but two ends of
// pipes. It needs no signal handler, and does not wait for other children of this process.
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
  /// How much of the output is kept; the rest is read and dropped.
  static constexpr size_t kMaxOutput = 4096;

  /// Starts it, in "/". Throws Failure if that is impossible.
  Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);
  /// Kills what still runs, without waiting for it: ended() does that.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Readable when it has ended; -1 on a kernel that has no such descriptors.
  int exit_fd() const noexcept { return exit_.get(); }
  /// Readable when it has written something; -1 once it writes no more.
  int output_fd() const noexcept { return output_end_.get(); }
  void read_output();
  /// The first kMaxOutput bytes of its output.
  const std::string& output() const noexcept { return output_; }

  /// SIGKILL to the whole group.
  void kill() noexcept;
  /// How it ended, such as "exit status 3"; the rest of its group is then killed, and the child
  /// reaped. Nothing while it runs.
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
