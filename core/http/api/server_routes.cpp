// SPDX-License-Identifier: Apache-2.0
// Routes about the server itself: health, version, lanes, capacity, drain.
#include <gst/gst.h>

#include "base/time.hpp"
#include "glib/shown.hpp"
#include "http/api/api.hpp"
#include "http/api/bodies.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

using glib::Fields;
using glib::shown;
using glib::shown_if;
using glib::shown_list;
using media::LaneStatistics;

std::string health_schema() {
  return R"({"type": "object", "title": "Health", "required": ["status"],
             "properties": {"status": {"type": "string", "enum": ["ok", "ready"]}}})";
}

Response health(const char* state) {
  glib::JsonWriter json;
  return json_response(200, json.begin_object().key("status").string(state).end_object().text());
}

Response ready(Api& api) {
  const Status takes_new = api.rooms.takes_participants();
  return takes_new ? health("ready") : problem(takes_new.error());
}

const Fields<room::Drain>& drain_fields() {
  static const Fields<room::Drain> fields{
      shown<room::Drain>(
          "deadline", "The server exits by then at the latest.",
          [](const room::Drain& drain) { return rfc3339(drain.deadline_unix_ms); },
          glib::kDateTime),
      shown<room::Drain>("final", "It cannot be taken back.", &room::Drain::is_final),
  };
  return fields;
}

Response drain(Api& api, const Request& request) {
  Checked<uint32_t> deadline_s = read_drain(request.body, api.rooms.limits().drain_deadline_s);
  if (!deadline_s) return problem(std::move(deadline_s.problems));
  api.rooms.drain(deadline_s.value, false);
  return json_response(200, glib::object_text(drain_fields(), *api.rooms.draining()));
}

Response stop_draining(Api& api) {
  const Status stopped = api.rooms.stop_draining();
  return stopped ? no_content() : problem(stopped.error());
}

constexpr char kDrainTitle[] = R"(, "title": "Drain")";

bool has_port(const LaneStatistics& lane) { return lane.port != 0; }

const Fields<LaneStatistics>& lane_fields() {
  using L = LaneStatistics;
  static const Fields<L> fields{
      shown_if(has_port, shown<L>("port", "Of the wire path.", &L::port)),
      shown<L>("packets_in", "Received, and wanted by a slot.", &L::packets_in),
      shown<L>("packets_out", "Sent, one for each listener.", &L::packets_out),
      shown<L>("inbox_full", "Dropped: the lane was too far behind.", &L::inbox_full),
      shown<L>("stale", "Dropped: waited for more than half a second.", &L::stale),
      shown<L>("policy_dropped", "Dropped by the packet policy.", &L::policy_dropped),
      shown<L>("rewriter_dropped", "Duplicates, and packets older than a switch.",
               &L::rewriter_dropped),
      shown<L>("path_refused", "Dropped: the session had no memory for them.", &L::path_refused),
      shown<L>("bad_selections", "Slots that a selector filled with a forbidden track.",
               &L::bad_selections),
      shown_if(has_port,
               shown<L>("silent", "Datagrams that the kernel sorted out as silence.", &L::silent)),
      shown_if(has_port, shown<L>("unknown_source", "Datagrams from unproven addresses.",
                                  &L::unknown_source)),
      shown_if(has_port, shown<L>("stun_refused", "Binding requests that failed authentication.",
                                  &L::stun_refused)),
      shown_if(has_port, shown<L>("kernel_dropped", "Datagrams that the kernel dropped.",
                                  &L::kernel_dropped)),
  };
  return fields;
}

const Fields<plugin::PluginInfo>& plugin_state_fields() {
  using P = plugin::PluginInfo;
  static const Fields<P> fields{
      shown<P>("name", "", &P::name),
      shown<P>("version", "", &P::version),
      shown<P>("state", "", &P::state),
  };
  return fields;
}

const Fields<Api>& server_fields() {
  static const Fields<Api> fields{
      shown<Api>("version", "", [](const Api&) { return VECHE_VERSION; }),
      shown<Api>("instance", "Of this run of the server; every answer has it as Veche-Instance.",
                 [](const Api& api) { return api.rooms.instance(); }),
      shown<Api>("gstreamer", "Its version.",
                 [](const Api&) {
                   const glib::StringPtr text(gst_version_string());
                   return std::string(text.get());
                 }),
      shown<Api>(
          "started_at", "", [](const Api& api) { return rfc3339(api.started_unix_ms); },
          glib::kDateTime),
      shown<Api>("uptime_s", "",
                 [](const Api& api) { return (api.rooms.now_ns() - api.started_ns) / kNsPerS; }),
      shown<Api>("addresses", "URLs.", [](const Api& api) { return api.addresses(); }),
      glib::shown_object<Api>("draining", "The drain in progress; null: there is none.",
                              drain_fields(), [](const Api& api) { return api.rooms.draining(); }),
      shown<Api>("restart_needed", "Keys of the configuration whose new values wait for one.",
                 &Api::restart_needed),
      shown<Api>("rooms", "How many there are.",
                 [](const Api& api) { return api.rooms.rooms().size(); }),
      {"participants_ended",
       R"({"type": "object", "additionalProperties": {"type": "integer"},
           "examples": [{"left": 12}], "description": "How many, by reason."})",
       nullptr,
       [](glib::JsonWriter& json, const Api& api) {
         json.begin_object();
         for (const auto& [reason, count] : api.rooms.ended()) {
           json.key(room::to_string(reason)).integer(static_cast<int64_t>(count));
         }
         json.end_object();
       }},
      shown<Api>(
          "media_path", "Of new sessions.",
          [](const Api& api) { return media::to_string(api.rooms.engine().default_path()); },
          R"("enum": ["wire", "pipeline"])"),
      shown_list<Api>("lanes", "", lane_fields(),
                      [](const Api& api) { return api.rooms.engine().lanes(); }),
      shown_list<Api>("plugins", "", plugin_state_fields(),
                      [](const Api& api) { return api.plugins.plugins(); }),
  };
  return fields;
}

}  // namespace

void add_server_routes(Router& router, Api& api) {
  const auto add = [&](const char* method, const char* pattern, Access access, BodyKind body,
                       std::function<Response(const Request&)> respond, Operation operation) {
    operation.tag = "Server";
    router.add({.method = method,
                .pattern = pattern,
                .access = access,
                .body = body,
                .handler = at_once(std::move(respond)),
                .operation = std::move(operation)});
  };
  add("GET", "/healthz", Access::Anybody, BodyKind::Nothing,
      [](const Request&) { return health("ok"); },
      {.id = "getHealth",
       .summary = "Tells that the server runs",
       .outcomes = {{200, "It runs.", health_schema()}}});
  // A listening server is ready unless it drains or is full: main starts HTTP last, stops it first.
  add("GET", "/readyz", Access::Anybody, BodyKind::Nothing,
      [&api](const Request&) { return ready(api); },
      {.id = "getReadiness",
       .summary = "Tells whether the server takes new participants",
       .outcomes = {{200, "It does. 503: it drains, or is full.", health_schema()}}});
  add("POST", "/v1/server/drain", Access::Administer, BodyKind::SmallJson,
      [&api](const Request& request) { return drain(api, request); },
      {.id = "startDrain",
       .summary = "Begins a drain, or moves its deadline",
       .outcomes = {{200, "The drain.", glib::shown_schema(kDrainTitle, drain_fields())}},
       .body = drain_body_schema(),
       .example = R"({"deadline_s": 300})"});
  add("DELETE", "/v1/server/drain", Access::Administer, BodyKind::Nothing,
      [&api](const Request&) { return stop_draining(api); },
      {.id = "stopDrain",
       .summary = "Takes the drain back",
       .outcomes = {{204, "The server takes new participants again."}},
       .problems = {409}});
  add("GET", "/v1/capacity", Access::ReadServer, BodyKind::Nothing,
      [&api](const Request&) { return json_response(200, capacity_json(api.rooms)); },
      {.id = "getCapacity",
       .summary = "Tells how many more participants the server can carry, and what bounds it",
       .outcomes = {{200, "What it can carry.", capacity_schema()}}});
  add("GET", "/v1/server", Access::ReadServer, BodyKind::Nothing,
      [&api](const Request&) {
        return json_response(200, glib::object_text(server_fields(), api));
      },
      {.id = "getServer",
       .summary = "Reads the state of the server",
       .outcomes = {
           {200, "Its state.", glib::shown_schema(R"(, "title": "Server")", server_fields())}}});
}

}  // namespace veche::http
