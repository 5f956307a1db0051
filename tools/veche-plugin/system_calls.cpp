// SPDX-License-Identifier: Apache-2.0
// prctl(2) PR_SET_SYSCALL_USER_DISPATCH, whose handler makes the call itself.
#include "system_calls.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

namespace veche::tool {
namespace {

#if defined(__x86_64__) && defined(PR_SET_SYSCALL_USER_DISPATCH) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECHE_TOOL_CATCHES 1

constexpr size_t kMostNumbers = 512;
std::array<std::atomic<uint32_t>, kMostNumbers> counts{};
std::atomic<uint64_t> all{0};
thread_local volatile char selector = SYSCALL_DISPATCH_FILTER_ALLOW;
thread_local bool is_set_up = false;

struct Name {
  long number;
  const char* name;
};
constexpr Name kNames[] = {{SYS_nanosleep, "nanosleep"},
                           {SYS_clock_nanosleep, "clock_nanosleep"},
                           {SYS_read, "read"},
                           {SYS_write, "write"},
                           {SYS_writev, "writev"},
                           {SYS_open, "open"},
                           {SYS_openat, "openat"},
                           {SYS_close, "close"},
                           {SYS_fsync, "fsync"},
                           {SYS_poll, "poll"},
                           {SYS_ppoll, "ppoll"},
                           {SYS_select, "select"},
                           {SYS_pselect6, "pselect"},
                           {SYS_epoll_wait, "epoll_wait"},
                           {SYS_socket, "socket"},
                           {SYS_connect, "connect"},
                           {SYS_sendto, "send"},
                           {SYS_recvfrom, "recv"},
                           {SYS_sendmsg, "sendmsg"},
                           {SYS_recvmsg, "recvmsg"},
                           {SYS_futex, "futex"},
                           {SYS_mmap, "mmap"},
                           {SYS_munmap, "munmap"},
                           {SYS_brk, "brk"},
                           {SYS_ioctl, "ioctl"},
                           {SYS_getpid, "getpid"},
                           {SYS_getppid, "getppid"},
                           {SYS_gettid, "gettid"},
                           {SYS_sched_yield, "sched_yield"},
                           {SYS_getrandom, "getrandom"},
                           {SYS_clone, "clone"},
                           {SYS_clone3, "clone3"},
                           {SYS_stat, "stat"},
                           {SYS_newfstatat, "stat"}};

std::string name_of(long number) {
  for (const Name& each : kNames) {
    if (each.number == number) return each.name;
  }
  return "number " + std::to_string(number);
}

void on_system_call(int, siginfo_t* info, void* raw_context) {
  selector = SYSCALL_DISPATCH_FILTER_ALLOW;
  const int saved_errno = errno;
  const long number = info->si_syscall;
  // Time comes from the vDSO, unless this machine's clock needs the kernel.
  if (number != SYS_clock_gettime) {
    all.fetch_add(1, std::memory_order_relaxed);
    if (number >= 0 && static_cast<size_t>(number) < kMostNumbers) {
      counts[static_cast<size_t>(number)].fetch_add(1, std::memory_order_relaxed);
    }
    on_caught_system_call();
  }
  auto& registers = static_cast<ucontext_t*>(raw_context)->uc_mcontext.gregs;
  const long result = ::syscall(number, registers[REG_RDI], registers[REG_RSI], registers[REG_RDX],
                                registers[REG_R10], registers[REG_R8], registers[REG_R9]);
  registers[REG_RAX] = result == -1 ? -errno : result;
  errno = saved_errno;
  // Not again in this hook: rt_sigreturn would be caught too.
}

bool set_up() noexcept {
  struct sigaction action {};
  action.sa_sigaction = on_system_call;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  return sigaction(SIGSYS, &action, nullptr) == 0 &&
         prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &selector) == 0;
}
#endif

}  // namespace

#ifdef VECHE_TOOL_CATCHES
bool can_catch_system_calls() {
  if (!is_set_up) is_set_up = set_up();
  return is_set_up;
}
void begin_to_catch() noexcept {
  if (can_catch_system_calls()) selector = SYSCALL_DISPATCH_FILTER_BLOCK;
}
void end_catch() noexcept { selector = SYSCALL_DISPATCH_FILTER_ALLOW; }

std::string caught_system_calls() {
  if (all.load() == 0) return {};
  std::string names;
  for (size_t i = 0; i < kMostNumbers; ++i) {
    if (counts[i].load() > 0) {
      names += (names.empty() ? "" : ", ") + name_of(static_cast<long>(i));
    }
  }
  return "system calls: " + names;
}
void forget_system_calls() {
  all = 0;
  for (auto& count : counts) count = 0;
}
#else
bool can_catch_system_calls() { return false; }
void begin_to_catch() noexcept {}
void end_catch() noexcept {}
std::string caught_system_calls() { return {}; }
void forget_system_calls() {}
#endif

}  // namespace veche::tool
