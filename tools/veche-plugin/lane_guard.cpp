// SPDX-License-Identifier: Apache-2.0
// The interposed functions, which call those of glibc.
#include "lane_guard.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "report.hpp"
#include "system_calls.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VECHE_TOOL_INTERPOSES 0
#else
#define VECHE_TOOL_INTERPOSES 1
#endif

namespace veche::tool {
namespace {

thread_local bool watching = false;
std::atomic<int64_t> live{0};
std::atomic<uint64_t> allocations{0}, frees{0}, locks{0}, waits{0};
std::atomic<bool> seen{false};
std::array<void*, 32> first_stack{};
std::atomic<int> first_depth{0};

#if VECHE_TOOL_INTERPOSES
void note(std::atomic<uint64_t>& counter) noexcept {
  if (!watching) return;
  watching = false;  // What follows may allocate.
  counter.fetch_add(1, std::memory_order_relaxed);
  if (!seen.exchange(true)) {
    first_depth = backtrace(first_stack.data(), static_cast<int>(first_stack.size()));
  }
  watching = true;
}

void note_allocated(const void* memory) noexcept {
  if (memory) live.fetch_add(1, std::memory_order_relaxed);
  note(allocations);
}

/// The C library's own function behind one of ours.
template <class Function>
Function next(std::atomic<Function>& known, const char* name) noexcept {
  Function function = known.load(std::memory_order_relaxed);
  if (!function) {
    function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
    known.store(function, std::memory_order_relaxed);
  }
  return function;
}
#endif

/// The place of the first violation in the library; "" if it was elsewhere.
std::string first_place(const std::string& path) {
  std::error_code error;
  for (int i = 0; i < first_depth.load(); ++i) {
    void* const address = first_stack[static_cast<size_t>(i)];
    Dl_info info{};
    if (!dladdr(address, &info) || !info.dli_fname) continue;
    if (!std::filesystem::equivalent(info.dli_fname, path, error) || error) continue;
    char place[32];
    // The return address is that of the next instruction.
    snprintf(place, sizeof place, "0x%lx",
             static_cast<unsigned long>(static_cast<char*>(address) -
                                        static_cast<char*>(info.dli_fbase) - 1));
    return "; the first: addr2line -Cfie " + path + " " + place;
  }
  return {};
}

}  // namespace

bool lane_guard_works() { return VECHE_TOOL_INTERPOSES != 0; }

LaneGuard::LaneGuard() noexcept {
  begin_to_catch();
  watching = true;
}
LaneGuard::~LaneGuard() {
  watching = false;
  end_catch();
}

void on_caught_system_call() noexcept {
#if VECHE_TOOL_INTERPOSES
  note(waits);
#endif
}

std::string lane_violations(const std::string& path) {
  if (!seen.load()) return {};
  const std::string calls = caught_system_calls();
  return std::to_string(allocations.load()) + " allocations, " + std::to_string(frees.load()) +
         " frees, " + std::to_string(locks.load()) + " locks on a lane" +
         (calls.empty() ? "" : ", " + calls) + first_place(path);
}

void reset_lane_violations() {
  // The first call of backtrace() loads a library.
  std::array<void*, 1> stack{};
  backtrace(stack.data(), 1);
  allocations = frees = locks = waits = 0;
  forget_system_calls();
  seen = false;
  first_depth = 0;
}

int64_t live_allocations() { return live.load(std::memory_order_relaxed); }

}  // namespace veche::tool

#if VECHE_TOOL_INTERPOSES
using veche::tool::allocations;
using veche::tool::frees;
using veche::tool::live;
using veche::tool::locks;
using veche::tool::note;
using veche::tool::note_allocated;

#define VISIBLE __attribute__((visibility("default")))

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): names of glibc.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* memory);
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

VISIBLE void* malloc(size_t size) {
  void* memory = __libc_malloc(size);
  note_allocated(memory);
  return memory;
}

VISIBLE void* calloc(size_t count, size_t size) {
  void* memory = __libc_calloc(count, size);
  note_allocated(memory);
  return memory;
}

VISIBLE void* realloc(void* memory, size_t size) {
  void* moved = __libc_realloc(memory, size);
  if (!memory && moved) live.fetch_add(1, std::memory_order_relaxed);
  if (memory && !moved && size == 0) live.fetch_sub(1, std::memory_order_relaxed);
  note(allocations);
  return moved;
}

VISIBLE void* memalign(size_t alignment, size_t size) {
  void* memory = __libc_memalign(alignment, size);
  note_allocated(memory);
  return memory;
}

VISIBLE void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

VISIBLE int posix_memalign(void** memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}

VISIBLE void free(void* memory) {
  if (!memory) return;
  live.fetch_sub(1, std::memory_order_relaxed);
  note(frees);
  __libc_free(memory);
}

// Not the C library's: a plugin that ends the process would end the kit without a word.
VISIBLE void _exit(int status) {
  veche::tool::on_exit_call("_exit()");
  syscall(SYS_exit_group, status);
  __builtin_unreachable();
}
VISIBLE void _Exit(int status) { _exit(status); }

VISIBLE int pthread_mutex_lock(pthread_mutex_t* mutex) {
  static std::atomic<int (*)(pthread_mutex_t*)> real{nullptr};
  note(locks);
  return veche::tool::next(real, "pthread_mutex_lock")(mutex);
}

VISIBLE int pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
  static std::atomic<int (*)(pthread_rwlock_t*)> real{nullptr};
  note(locks);
  return veche::tool::next(real, "pthread_rwlock_rdlock")(lock);
}

VISIBLE int pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
  static std::atomic<int (*)(pthread_rwlock_t*)> real{nullptr};
  note(locks);
  return veche::tool::next(real, "pthread_rwlock_wrlock")(lock);
}
}
#endif
