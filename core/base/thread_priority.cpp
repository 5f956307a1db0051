// SPDX-License-Identifier: Apache-2.0
// On Linux, priorities are those of threads.
#include "base/thread_priority.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace veche {

void raise_priority(int nice) noexcept {
  const sched_param none{};
  if (sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none) != 0) return;
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice));
}

}  // namespace veche
