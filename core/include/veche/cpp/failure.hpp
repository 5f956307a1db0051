// SPDX-License-Identifier: Apache-2.0
// How a plugin in C++ fails: an exception inside becomes a veche_error or a log line outside.
#pragma once

#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "../plugin.h"

namespace veche {

/// Thrown by a [control] hook to fail with a code. Any other exception is VECHE_E_INTERNAL.
class Failure : public std::runtime_error {
 public:
  Failure(veche_status code, const std::string& message)
      : std::runtime_error(message), code_(code) {}
  veche_status code() const noexcept { return code_; }

 private:
  veche_status code_;
};

namespace detail {

/// Calls work(); what it throws goes to fail(code, why).
template <class Work, class Fail>
void guarded(Work&& work, Fail&& fail) noexcept {
  try {
    work();
  } catch (const Failure& failure) {
    fail(failure.code(), failure.what());
  } catch (const std::bad_alloc&) {
    fail(VECHE_E_EXHAUSTED, "out of memory");
  } catch (const std::exception& exception) {
    fail(VECHE_E_INTERNAL, exception.what());
  } catch (...) {
    fail(VECHE_E_INTERNAL, "an exception of an unknown type");
  }
}

inline void report(veche_error* error, veche_status code, const char* why) noexcept {
  if (error == nullptr || !VECHE_HAS(error, veche_error, message)) return;
  error->code = code;
  std::snprintf(error->message, sizeof error->message, "%s", why);
}

}  // namespace detail
}  // namespace veche
