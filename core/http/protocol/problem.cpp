// SPDX-License-Identifier: Apache-2.0
// The table of problem types, and their JSON.
#include "http/protocol/problem.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "glib/ref.hpp"
#include "glib/shown.hpp"

namespace veche::http {
namespace {

using Kind = ProblemKind;

constexpr Kind kExhausted{503, "exhausted", "A limit is reached"};
constexpr Kind kOverCapacity{503, "over-capacity", "The server is full"};
constexpr Kind kRemoved{403, "participant-removed", "The participant was removed from the room"};
constexpr Kind kRoomDeleted{403, "room-deleted", "The room was deleted"};
constexpr Kind kOutdated{403, "token-outdated", "A newer join token is needed"};
constexpr Kind kInProgress{409, "request-in-progress", "The same request is being answered"};
constexpr Kind kKeyReused{422, "idempotency-key-reused", "The key belongs to another request"};
constexpr Kind kKinds[] = {
    {400, "invalid-request", "The request is not valid"},
    {401, "unauthenticated", "A valid credential is needed"},
    {403, "permission-denied", "The credential does not reach this"},
    kRemoved,
    kRoomDeleted,
    kOutdated,
    {404, "not-found", "There is no such resource"},
    {405, "method-not-allowed", "The method is not offered here"},
    {409, "conflict", "The request conflicts with what exists"},
    {412, "precondition-failed", "The resource has changed, or exists already"},
    {413, "too-large", "The body is too large"},
    {415, "unsupported-media-type", "The body's type is not supported here"},
    {416, "range-not-satisfiable", "There are no such bytes"},
    {422, "unprocessable", "The resource cannot do this"},
    {426, "upgrade-required", "This is a WebSocket"},
    {428, "precondition-required", "The request must say which state it changes"},
    {429, "too-many-requests", "A limit of requests is reached"},
    {500, "internal", "The server failed"},
    {500, "plugin-failed", "Plugin failed"},
    {503, "unavailable", "Not possible at the moment"},
    kExhausted,
    kOverCapacity,
    {504, "plugin-timeout", "The plugin did not answer in time"},
    kInProgress,
    kKeyReused,
};

const Kind& kind_of(int status) {
  const Kind* internal = nullptr;
  for (const Kind& kind : kKinds) {
    if (kind.status == status) return kind;
    if (kind.status == 500) internal = &kind;
  }
  return *internal;
}

Problem make(const Kind& kind, std::string_view detail, FieldProblems errors) {
  // Details may quote what the client sent, and JSON has to be UTF-8.
  const glib::StringPtr text(g_utf8_make_valid(detail.data(), static_cast<gssize>(detail.size())));
  return {kind.status, std::string("/problems/") + kind.slug, kind.title, text.get(),
          std::move(errors)};
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument: return 400;
    case ErrorCode::Unauthenticated: return 401;
    case ErrorCode::PermissionDenied: return 403;
    case ErrorCode::NotFound: return 404;
    case ErrorCode::Conflict: return 409;
    case ErrorCode::PreconditionFailed: return 412;
    case ErrorCode::Unsupported: return 415;
    case ErrorCode::Exhausted:
    case ErrorCode::OverCapacity:
    case ErrorCode::Unavailable: return 503;
    case ErrorCode::Internal: return 500;
  }
  return 500;
}

}  // namespace

Problem problem_of(int status, std::string_view detail, FieldProblems errors) {
  return make(kind_of(status), detail, std::move(errors));
}

Problem problem_of_plugin(int status, const std::string& slug, std::string_view detail) {
  for (const Kind& kind : kKinds) {
    if (kind.status == status && kind.slug == slug) return make(kind, detail, {});
  }
  // "stage-is-full": "Stage is full", the same for all problems of this type.
  std::string title = slug;
  std::replace(title.begin(), title.end(), '-', ' ');
  if (!title.empty()) title[0] = g_ascii_toupper(title[0]);
  return make({status, slug.c_str(), title.c_str()}, detail, {});
}

Problem problem_of(const Error& error) {
  if (error.code == ErrorCode::Exhausted) return make(kExhausted, error.message, {});
  if (error.code == ErrorCode::OverCapacity) return make(kOverCapacity, error.message, {});
  if (error.code == ErrorCode::Internal) {
    log::error("http", error.message);
    return problem_of(500, "The server's log has the details.");
  }
  return problem_of(status_of(error.code), error.message, error.fields);
}

Problem problem_of(room::TokenRefusal refusal) {
  switch (refusal) {
    case room::TokenRefusal::Removed:
      return make(kRemoved, "The participant was removed after this join token was issued.", {});
    case room::TokenRefusal::RoomDeleted:
      return make(kRoomDeleted, "The room was deleted after this join token was issued.", {});
    case room::TokenRefusal::Outdated: break;
  }
  return make(kOutdated,
              "The participant's permissions have changed since this join token was issued, or it "
              "is too old. The backend has to issue a new one.",
              {});
}

Problem problem_of(IdempotencyRefusal refusal) {
  if (refusal == IdempotencyRefusal::InProgress) {
    return make(kInProgress, "The first request with this Idempotency-Key is not answered yet.",
                {});
  }
  return make(kKeyReused,
              "The Idempotency-Key was used for a request with another path or body. Each request "
              "needs a key of its own; only its repetitions have the same.",
              {});
}

std::span<const ProblemKind> problem_kinds() { return kKinds; }

namespace {

const glib::Fields<FieldProblem>& error_fields() {
  static const glib::Fields<FieldProblem> fields{
      glib::shown<FieldProblem>("pointer", "Where in the body (RFC 6901).", &FieldProblem::pointer),
      glib::shown<FieldProblem>("detail", "", &FieldProblem::detail),
  };
  return fields;
}

const glib::Fields<Problem>& problem_fields() {
  using glib::shown;
  static const glib::Fields<Problem> fields{
      shown<Problem>("type", "Stable, for programs.", &Problem::type),
      shown<Problem>("title", "The same for all problems of this type.", &Problem::title),
      shown<Problem>("status", "That of the response.", &Problem::status),
      shown<Problem>("detail", "What is wrong, and what to do.", &Problem::detail),
      glib::shown_if([](const Problem& problem) { return !problem.errors.empty(); },
                     glib::shown_list<Problem>("errors", "What is wrong in the body, and where.",
                                               error_fields(), &Problem::errors)),
  };
  return fields;
}

}  // namespace

std::string problem_schema() {
  return glib::shown_schema(R"(, "title": "Problem")", problem_fields());
}

std::string to_json(const Problem& problem) { return glib::object_text(problem_fields(), problem); }

Response to_response(const Problem& problem) {
  Response response{.status = problem.status,
                    .content_type = "application/problem+json",
                    .body = to_json(problem)};
  if (problem.status == 401) response.header("WWW-Authenticate", "Bearer realm=\"veche\"");
  if (problem.status == 503) response.header("Retry-After", "5");
  if (problem.type == std::string("/problems/") + kInProgress.slug) {
    response.header("Retry-After", "1");
  }
  return response;
}

}  // namespace veche::http
