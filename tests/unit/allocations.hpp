// SPDX-License-Identifier: Apache-2.0
// How often this thread has called operator new, for tests of what must not allocate.
#pragma once

namespace veche::test {

/// Counts in the executables that link allocations.cpp.
int allocations() noexcept;

}  // namespace veche::test
