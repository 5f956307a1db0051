// SPDX-License-Identifier: Apache-2.0
// A test's directory with a descriptor for it, and the error of a failed call.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

#include "recording/file/descriptor.hpp"
#include "temporary_dir.hpp"
#include "veche/cpp/failure.hpp"

namespace veche::recording {

struct OpenDir : TemporaryDir {
  Descriptor opened{::open(path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  int fd() const { return opened.get(); }
};

struct Refusal {
  veche_status code = 0;
  std::string why;
};

/// The error that it throws; a code of 0 if it does not throw.
template <class Call>
Refusal refusal_of(Call&& call) {
  try {
    call();
  } catch (const Failure& failure) {
    return {failure.code(), failure.what()};
  }
  return {};
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace veche::recording
