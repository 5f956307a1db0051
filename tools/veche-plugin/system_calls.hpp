// SPDX-License-Identifier: Apache-2.0
// Catches the system calls of a thread, however they are made: Linux hands them to a signal handler
// (syscall user dispatch, since Linux 5.11 on x86-64).
#pragma once

#include <cstdint>
#include <string>

namespace veche::tool {

/// False if this kernel or machine cannot do that, or a sanitizer is in the way.
bool can_catch_system_calls();

/// Watches this thread until its first system call, which is noted and carried out.
void begin_to_catch() noexcept;
void end_catch() noexcept;

/// [any] What threads have called while they were watched, of each hook the first: "system calls:
/// nanosleep, write"; "" if nothing.
std::string caught_system_calls();
void forget_system_calls();

/// Called in the signal handler for each caught system call, with watching off.
void on_caught_system_call() noexcept;

}  // namespace veche::tool
