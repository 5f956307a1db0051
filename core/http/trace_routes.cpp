// SPDX-License-Identifier: Apache-2.0
// The trace of one participant: what happened to it, also when it has just left.
#include "glib/json.hpp"
#include "http/api.hpp"
#include "http/problem.hpp"

namespace veche::http {
namespace {

double offset_ms(int64_t from_ns, int64_t to_ns) {
  // Thousandths are enough to order what happened.
  return static_cast<double>((to_ns - from_ns) / 1000) / 1000;
}

std::string trace_json(const room::Trace& trace, bool is_present) {
  glib::JsonWriter json;
  json.begin_object().key("present").boolean(is_present);
  json.key("dropped").integer(static_cast<int64_t>(trace.dropped()));
  json.key("entries").begin_array();
  for (const room::TraceEntry& entry : trace.entries()) {
    json.begin_object().key("time_unix_ms").integer(entry.time_unix_ms);
    json.key("offset_ms").number(offset_ms(trace.began_ns(), entry.at_ns));
    json.key("type").string(entry.type).key("data").raw(entry.data).end_object();
  }
  return json.end_array().end_object().text();
}

Response get_trace(Api& api, const Request& request) {
  const std::string& name = request.param("participant");
  const room::Trace* trace = api.rooms.find_trace(request.param("room"), name);
  if (!trace) {
    return problem(not_found("There is no participant \"" + name +
                             "\" in the room, and there was none a minute ago."));
  }
  return json_response(200, trace_json(*trace, find_participant(api, request).ok()));
}

}  // namespace

void add_trace_routes(Router& router, Api& api) {
  router.add({"GET", "/v1/rooms/{room}/participants/{participant}/trace", Access::ReadParticipant,
              BodyKind::Nothing,
              at_once([&api](const Request& request) { return get_trace(api, request); })});
}

}  // namespace veche::http
