// SPDX-License-Identifier: Apache-2.0
// An error of the file system as a sentence and a code.
#pragma once

#include <string>

#include "veche/cpp/failure.hpp"

namespace veche::recording {

/// "cannot <action> <name>: <the system's words>; <what to do>". The code is VECHE_E_EXHAUSTED if
/// there is no room, VECHE_E_GONE if the thing is not there, else VECHE_E_INTERNAL.
[[noreturn]] void fail_io(const char* action, const std::string& name, int error);

/// There is no room: on the disk, in a quota, or by a limit on the size or the number of files.
bool is_full(const Failure& failure) noexcept;

}  // namespace veche::recording
