// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value, or the error that says what failed, on which object, and what to do.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace veche {

enum class ErrorCode {
  InvalidArgument = 1,  ///< The caller's input is wrong; the message says what is allowed.
  Unauthenticated,
  PermissionDenied,
  NotFound,
  Conflict,            ///< The object exists already, or has another owner.
  PreconditionFailed,  ///< The object is not in the state that the caller expected.
  Unsupported,
  Exhausted,     ///< A limit of this server, room or participant is reached.
  OverCapacity,  ///< The server can carry no more participants; the message says what bounds it.
  Unavailable,   ///< Temporarily: starting, draining, timed out.
  Internal,
};

/// A problem at one place of a JSON value.
struct FieldProblem {
  std::string pointer;  ///< RFC 6901; "" is the whole value.
  std::string detail;   ///< The problem (with the value) and what is allowed.
};

struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;
  std::vector<FieldProblem> fields = {};  ///< For InvalidArgument, where the input was JSON.
};

inline Error invalid(std::string message) {
  return {ErrorCode::InvalidArgument, std::move(message)};
}
inline Error not_found(std::string message) { return {ErrorCode::NotFound, std::move(message)}; }
inline Error internal(std::string message) { return {ErrorCode::Internal, std::move(message)}; }

/// A value or an Error. Reading the absent side is a programmer's error. Callers pass an error on
/// in one way:
///
///   Result<Thing> thing = make_thing();
///   if (!thing) return thing.error();
///   use(*thing);
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value: `return Ok{};`
struct Ok {};
using Status = Result<Ok>;

}  // namespace veche
