// SPDX-License-Identifier: Apache-2.0
// An error of the file system as a sentence and a code.
#pragma once

#include <exception>
#include <string>

#include "veche/cpp/failure.hpp"

namespace veche::recording {

/// A Failure of the file system, which keeps the system's error.
class IoFailure : public Failure {
 public:
  IoFailure(veche_status code, const std::string& message, int error)
      : Failure(code, message), error_(error) {}
  int error() const noexcept { return error_; }

 private:
  int error_;
};

/// Throws IoFailure: "cannot <action> <name>: <the system's words>; <what to do>". The code is
/// VECHE_E_EXHAUSTED if there is no space or no descriptor, VECHE_E_GONE if the file does not
/// exist, else VECHE_E_INTERNAL.
[[noreturn]] void fail_io(const char* action, const std::string& name, int error);

/// What manifests call a failure: "disk-full" (the disk, a quota, or a limit on the size of files),
/// "too-many-files" (open in the process or on the system), else "failure".
const char* reason_of(const std::exception& failure) noexcept;

}  // namespace veche::recording
