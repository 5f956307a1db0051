// SPDX-License-Identifier: Apache-2.0
// Diagnosis of one participant: its trace, also for a while after it has left, and the headers of
// its packets.
#include "base/time.hpp"
#include "glib/json.hpp"
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

/// Into an object that has begun.
void write_trace(glib::JsonWriter& json, const room::Trace& trace) {
  json.key("dropped").integer(static_cast<int64_t>(trace.dropped()));
  json.key("entries").begin_array();
  for (const room::TraceEntry& entry : trace.entries()) {
    json.begin_object().key("time_unix_ms").integer(entry.time_unix_ms);
    json.key("offset_ms").number(offset_ms(trace.began_ns(), entry.at_ns));
    json.key("type").string(entry.type).key("data").raw(entry.data).end_object();
  }
  json.end_array();
}

/// `earlier` may be null.
std::string trace_json(const room::Trace& trace, bool is_present, const room::Trace* earlier) {
  glib::JsonWriter json;
  json.begin_object().key("present").boolean(is_present);
  write_trace(json, trace);
  json.key("earlier");
  if (earlier) {
    json.begin_object();
    write_trace(json, *earlier);
    json.end_object();
  } else {
    json.null();
  }
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
  return json_response(
      200, trace_json(*trace, is_present,
                      shows_earlier ? api.rooms.find_former_trace(room, name) : nullptr));
}

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
                       Response (*respond)(Api&, const Request&)) {
    router.add(
        {method, "/v1/rooms/{room}/participants/{participant}/" + tail, access, body,
         at_once([&api, respond](const Request& request) { return respond(api, request); })});
  };
  add("GET", "trace", Access::ReadParticipant, BodyKind::Nothing, get_trace);
  // Packet headers show who talks when, and the addresses: not for keys that may only read.
  add("POST", "headers", Access::Administer, BodyKind::SmallJson, keep_headers);
  add("GET", "headers", Access::Administer, BodyKind::Nothing, get_headers);
  add("DELETE", "headers", Access::Administer, BodyKind::Nothing, forget_headers);
}

}  // namespace veche::http
