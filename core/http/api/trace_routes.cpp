// SPDX-License-Identifier: Apache-2.0
// Diagnosis of one participant: its trace, also for a while after it has left, and the headers of
// its packets.
#include "base/time.hpp"
#include "glib/shown.hpp"
#include "http/api/api.hpp"
#include "http/api/bodies.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

double offset_ms(int64_t from_ns, int64_t to_ns) {
  // Microseconds are enough to order events.
  const int64_t offset_us = (to_ns - from_ns) / 1000;
  return static_cast<double>(offset_us) / 1000;
}

using glib::Fields;
using glib::shown;

struct ShownEntry {
  room::TraceEntry entry;
  double offset_ms;
};

const Fields<ShownEntry>& entry_fields() {
  using E = ShownEntry;
  static const Fields<E> fields{
      shown<E>("time_unix_ms", "", [](const E& from) { return from.entry.time_unix_ms; }),
      shown<E>("offset_ms", "Since the first entry; does not jump.", &E::offset_ms),
      shown<E>(
          "type", "", [](const E& from) { return from.entry.type; },
          R"("examples": ["session.offered"])"),
      {"data", R"({"type": ["object", "null"], "additionalProperties": true})", nullptr,
       [](glib::JsonWriter& json, const E& from) { json.raw(from.entry.data); }},
  };
  return fields;
}

std::vector<ShownEntry> entries_of(const room::Trace& trace) {
  std::vector<ShownEntry> shown;
  for (room::TraceEntry& entry : trace.entries()) {
    const double offset = offset_ms(trace.began_ns(), entry.at_ns);
    shown.push_back({std::move(entry), offset});
  }
  return shown;
}

const Fields<room::Trace>& trace_fields() {
  static const Fields<room::Trace> fields{
      shown<room::Trace>("dropped", "Entries that are gone.", &room::Trace::dropped),
      glib::shown_list<room::Trace>("entries", "The oldest first.", entry_fields(), entries_of),
  };
  return fields;
}

struct ShownTrace {
  const room::Trace& trace;
  bool is_present;
  const room::Trace* earlier;  ///< May be null.
};

const Fields<ShownTrace>& answer_fields() {
  using T = ShownTrace;
  static const Fields<T> fields{
      shown<T>("present", "Is the participant in the room?", &T::is_present),
      glib::shown_object<T>("earlier",
                            "Of the last one of this name, if it left less than a minute ago.",
                            trace_fields(), &T::earlier),
  };
  return fields;
}

std::string trace_json(const ShownTrace& shown) {
  glib::JsonWriter json;
  json.begin_object();
  glib::write_fields(json, answer_fields(), shown);
  glib::write_fields(json, trace_fields(), shown.trace);
  return json.end_object().text();
}

Response get_trace(Api& api, const Request& request) {
  const std::string& room = request.param("room");
  const std::string& name = request.param("participant");
  const bool is_present = find_participant(api, request).ok();
  // A join token may belong to another person than the one that had the name before.
  const bool is_participant = request.caller->token.has_value();
  const room::Trace* trace =
      is_participant && !is_present ? nullptr : api.rooms.find_trace(room, name);
  if (!trace) {
    return problem(not_found("There is no participant \"" + name +
                             "\" in the room, and there was none within the last minute."));
  }
  const bool shows_earlier = is_present && !is_participant;
  const room::Trace* earlier = shows_earlier ? api.rooms.find_former_trace(room, name) : nullptr;
  return json_response(200, trace_json({*trace, is_present, earlier}));
}

constexpr char kKeptSchema[] = R"({"type": "object", "required": ["until_unix_ms"],
    "properties": {"until_unix_ms": {"type": "integer"}}})";

Response keep_headers(Api& api, const Request& request) {
  const Checked<uint32_t> seconds = read_headers(request.body);
  if (!seconds) return problem(seconds.problems);
  const auto participant = find_participant(api, request);
  if (!participant) return problem(participant.error());
  const Status kept = (*participant)->keep_headers(seconds.value);
  if (!kept) return problem(kept.error());
  const int64_t until_unix_ms = unix_ms() + int64_t{seconds.value} * 1000;
  glib::JsonWriter json;
  json.begin_object().key("until_unix_ms").integer(until_unix_ms).end_object();
  return json_response(200, json.text());
}

Response get_headers(Api& api, const Request& request) {
  const auto participant = find_participant(api, request);
  if (!participant) return problem(participant.error());
  Result<std::string> file = (*participant)->headers();
  if (!file) return problem(file.error());
  Response response;
  response.content_type = "application/octet-stream";
  response.body = *std::move(file);
  response.header("Content-Disposition", "attachment; filename=\"headers.pcapng\"");
  return response;
}

Response forget_headers(Api& api, const Request& request) {
  const auto participant = find_participant(api, request);
  if (!participant) return problem(participant.error());
  const Status forgotten = (*participant)->keep_headers(0);
  return forgotten ? no_content() : problem(forgotten.error());
}

}  // namespace

void add_trace_routes(Router& router, Api& api) {
  const auto add = [&](const char* method, const std::string& tail, Access access, BodyKind body,
                       Response (*respond)(Api&, const Request&), Operation operation) {
    operation.tag = "Participants";
    operation.problems.push_back(404);
    router.add({.method = method,
                .pattern = "/v1/rooms/{room}/participants/{participant}/" + tail,
                .access = access,
                .body = body,
                .handler = at_once(
                    [&api, respond](const Request& request) { return respond(api, request); }),
                .operation = std::move(operation)});
  };
  add("GET", "trace", Access::ReadParticipant, BodyKind::Nothing, get_trace,
      {.id = "getTrace",
       .summary = "Tells what happened to a participant",
       .outcomes = {
           {200, "Its trace.",
            glib::shown_schema(R"(, "title": "Trace")", answer_fields(), trace_fields())}}});
  // Packet headers show who talks when, and the addresses: not for keys that may only read.
  add("POST", "headers", Access::Administer, BodyKind::SmallJson, keep_headers,
      {.id = "keepHeaders",
       .summary = "Keeps the headers of a participant's packets for a while",
       .outcomes = {{200, "Until when.", kKeptSchema}},
       .problems = {409},
       .body = headers_body_schema(),
       .example = R"({"seconds": 60})"});
  add("GET", "headers", Access::Administer, BodyKind::Nothing, get_headers,
      {.id = "getHeaders",
       .summary = "Reads the kept headers",
       .outcomes = {{200, "A pcapng file.", "", "application/octet-stream"}},
       .problems = {409}});
  add("DELETE", "headers", Access::Administer, BodyKind::Nothing, forget_headers,
      {.id = "forgetHeaders",
       .summary = "Stops keeping headers, and deletes those that were kept",
       .outcomes = {{204, "None is kept."}},
       .problems = {409}});
}

}  // namespace veche::http
