// SPDX-License-Identifier: Apache-2.0
// Errors as problem details (RFC 9457).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "glib/checked_json.hpp"
#include "http/protocol/idempotency.hpp"
#include "http/protocol/message.hpp"
#include "room/revocations.hpp"

namespace veche::http {

using glib::FieldProblems;

/// A type of problem that the server itself reports, or a plugin by its name.
struct ProblemKind {
  int status;
  const char* slug;  ///< "not-found"
  const char* title;
};
std::span<const ProblemKind> problem_kinds();

struct Problem {
  int status = 500;
  std::string type;   ///< "/problems/not-found"
  std::string title;  ///< The same for all problems of this type.
  std::string detail;
  FieldProblems errors;  ///< What is wrong in the request's body, and where.
};

Problem problem_of(int status, std::string_view detail, FieldProblems errors = {});
/// The message of an Internal error goes to the log, not to the caller.
Problem problem_of(const Error& error);

/// Each refusal has a type of its own, so that a client knows whether to ask its backend again.
Problem problem_of(room::TokenRefusal refusal);

/// 409 or 422, with types of their own.
Problem problem_of(IdempotencyRefusal refusal);

/// A problem that a plugin reports, or the host on its behalf.
Problem problem_of_plugin(int status, const std::string& slug, std::string_view detail);

/// The JSON object, and its schema.
std::string to_json(const Problem& problem);
std::string problem_schema();
/// With Retry-After for 503 and a request in progress, and WWW-Authenticate for 401.
Response to_response(const Problem& problem);

inline Response problem(int status, std::string_view detail) {
  return to_response(problem_of(status, detail));
}
inline Response problem(const Error& error) { return to_response(problem_of(error)); }
inline Response problem(FieldProblems errors) {
  return to_response(
      problem_of(400, "The request's body is not what is expected here.", std::move(errors)));
}

}  // namespace veche::http
