// SPDX-License-Identifier: Apache-2.0
// An error of the file system as a sentence and a code.
#pragma once

#include <string>

#include "veche/cpp/failure.hpp"

namespace veche::recording {

/// Throws "cannot <action> <name>: <the system's words>; <what to do>". The code is
/// VECHE_E_EXHAUSTED if there is no space, VECHE_E_GONE if the file does not exist, else
/// VECHE_E_INTERNAL.
[[noreturn]] void fail_io(const char* action, const std::string& name, int error);

/// No space is left: on the disk, in a quota, or within a limit of the size or number of files.
bool is_full(const Failure& failure) noexcept;

}  // namespace veche::recording
