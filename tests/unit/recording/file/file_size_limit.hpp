// SPDX-License-Identifier: Apache-2.0
// A disk that is full from a certain size of a file on: it needs no right to mount one.
#pragma once

#include <signal.h>
#include <sys/resource.h>

namespace veche::recording {

/// The largest size of a file for as long as it exists, in this process.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  sighandler_t handler_;
};

}  // namespace veche::recording
