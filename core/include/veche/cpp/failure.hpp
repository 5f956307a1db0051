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
  /// `pointer`: which value of the settings is wrong, as in veche_error; "" for none.
  Failure(veche_status code, const std::string& message, const std::string& pointer = "")
      : std::runtime_error(message), code_(code), pointer_(pointer) {}
  veche_status code() const noexcept { return code_; }
  const char* pointer() const noexcept { return pointer_.what(); }

 private:
  veche_status code_;
  std::runtime_error pointer_;  ///< Its text is copied without an exception, unlike a string.
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

/// Calls work(); what it throws goes into `error`. VECHE_OK, or the failure's code.
template <class Work>
veche_status reported(veche_error* error, Work&& work) noexcept {
  veche_status status = VECHE_OK;
  const auto point = [&](const char* pointer) {
    if (error == nullptr || !VECHE_HAS(error, veche_error, pointer)) return;
    std::snprintf(error->pointer, sizeof error->pointer, "%s", pointer);
  };
  const auto guided = [&] {
    try {
      work();
    } catch (const Failure& failure) {
      point(failure.pointer());
      throw;
    }
  };
  guarded(guided, [&](veche_status code, const char* why) {
    status = code;
    if (error == nullptr || !VECHE_HAS(error, veche_error, message)) return;
    error->code = code;
    std::snprintf(error->message, sizeof error->message, "%s", why);
  });
  return status;
}

}  // namespace detail
}  // namespace veche
