// SPDX-License-Identifier: Apache-2.0
// Makes sure that standard input, output and error are open.
#include "base/descriptor.hpp"

#include <fcntl.h>

#include <cerrno>

namespace veche {

void open_standard_descriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    // It gets the lowest free number, which is this one.
    (void)::open("/dev/null", number == STDIN_FILENO ? O_RDONLY : O_WRONLY);
  }
}

}  // namespace veche
