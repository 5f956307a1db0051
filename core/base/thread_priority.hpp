// SPDX-License-Identifier: Apache-2.0
// How urgent a thread is among those of the process.
#pragma once

namespace veche {

/// A lane: forwarding takes priority over all else.
inline constexpr int kLaneNice = -10;
/// Control: HTTP takes priority over the hundreds of threads of handshakes while a crowd joins.
inline constexpr int kControlNice = -5;

/// [any] Gives the calling thread this nice value (setpriority(2)), and threads that it starts the
/// usual one. Without the permission (CAP_SYS_NICE, or RLIMIT_NICE) it keeps its own.
void raise_priority(int nice) noexcept;

}  // namespace veche
