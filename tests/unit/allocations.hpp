// SPDX-License-Identifier: Apache-2.0
// Counts this thread's calls of operator new, for tests of code that must not allocate.
#pragma once

namespace veche::test {

/// Works in executables that link allocations.cpp.
int allocations() noexcept;

}  // namespace veche::test
