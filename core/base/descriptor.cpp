// SPDX-License-Identifier: Apache-2.0
// Makes sure that standard input, output and error are open, and counts descriptors.
#include "base/descriptor.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <cerrno>

namespace veche {

int64_t descriptor_limit() {
  rlimit limit{};
  // It fails for no process that asks for its own limit.
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return INT64_MAX;
  return static_cast<int64_t>(limit.rlim_cur);
}

int64_t taken_descriptors(int open) {
  const Descriptor lowest(::fcntl(open, F_DUPFD_CLOEXEC, 0));
  return lowest.get() >= 0 ? lowest.get() : descriptor_limit();
}

void open_standard_descriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    // It gets the lowest free number, which is this one.
    (void)::open("/dev/null", number == STDIN_FILENO ? O_RDONLY : O_WRONLY);
  }
}

}  // namespace veche
