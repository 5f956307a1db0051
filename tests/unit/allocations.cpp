// SPDX-License-Identifier: Apache-2.0
// An operator new that counts, for the whole executable.
#include "allocations.hpp"

#include <cstdlib>
#include <new>

namespace {
thread_local int count = 0;
}

void* operator new(size_t size) {
  ++count;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
// std::stable_sort asks with this one and gives back with those below.
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++count;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace veche::test {

int allocations() noexcept { return count; }

}  // namespace veche::test
