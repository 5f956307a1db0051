// SPDX-License-Identifier: Apache-2.0
// How often this thread has called operator new, for tests of what must not allocate.
#pragma once

namespace veche::media::test {

int allocations() noexcept;

}  // namespace veche::media::test
