// SPDX-License-Identifier: Apache-2.0
// Routes about the server itself: health, version, lanes, capacity, drain.
#include <gst/gst.h>

#include "base/time.hpp"
#include "glib/fields.hpp"
#include "http/api/api.hpp"
#include "http/api/bodies.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

Response health(const char* state) {
  glib::JsonWriter json;
  return json_response(200, json.begin_object().key("status").string(state).end_object().text());
}

void write_lane(glib::JsonWriter& json, const media::LaneStatistics& lane) {
  const auto counter = [&json](const char* name, uint64_t value) {
    json.key(name).integer(static_cast<int64_t>(value));
  };
  json.begin_object();
  if (lane.port != 0) counter("port", lane.port);
  counter("packets_in", lane.packets_in);
  counter("packets_out", lane.packets_out);
  counter("inbox_full", lane.inbox_full);
  counter("stale", lane.stale);
  counter("policy_dropped", lane.policy_dropped);
  counter("rewriter_dropped", lane.rewriter_dropped);
  counter("path_refused", lane.path_refused);
  counter("bad_selections", lane.bad_selections);
  if (lane.port != 0) {
    counter("silent", lane.silent);
    counter("unknown_source", lane.unknown_source);
    counter("stun_refused", lane.stun_refused);
    counter("kernel_dropped", lane.kernel_dropped);
  }
  json.end_object();
}

Response ready(Api& api) {
  const Status takes_new = api.rooms.takes_participants();
  return takes_new ? health("ready") : problem(takes_new.error());
}

void write_drain(glib::JsonWriter& json, const room::Drain& drain) {
  json.begin_object().key("deadline").string(rfc3339(drain.deadline_unix_ms));
  json.key("final").boolean(drain.is_final).end_object();
}

Response drain(Api& api, const Request& request) {
  Checked<uint32_t> deadline_s = read_drain(request.body, api.rooms.limits().drain_deadline_s);
  if (!deadline_s) return problem(std::move(deadline_s.problems));
  api.rooms.drain(deadline_s.value, false);
  glib::JsonWriter json;
  write_drain(json, *api.rooms.draining());
  return json_response(200, json.text());
}

Response stop_draining(Api& api) {
  const Status stopped = api.rooms.stop_draining();
  return stopped ? no_content() : problem(stopped.error());
}

Response server(Api& api) {
  const glib::StringPtr gstreamer(gst_version_string());
  glib::JsonWriter json;
  json.begin_object().key("version").string(VECHE_VERSION);
  json.key("gstreamer").string(gstreamer.get());
  json.key("started_at").string(rfc3339(api.started_unix_ms));
  json.key("uptime_s").integer((api.rooms.now_ns() - api.started_ns) / kNsPerS);
  glib::write_value(json.key("addresses"), api.addresses());
  json.key("draining");
  if (const auto& drain = api.rooms.draining()) {
    write_drain(json, *drain);
  } else {
    json.null();
  }
  glib::write_value(json.key("restart_needed"), api.restart_needed);
  json.key("rooms").integer(static_cast<int64_t>(api.rooms.rooms().size()));
  json.key("participants_ended").begin_object();
  for (const auto& [reason, count] : api.rooms.ended()) {
    json.key(room::to_string(reason)).integer(static_cast<int64_t>(count));
  }
  json.end_object().key("media_path");
  json.string(media::to_string(api.rooms.engine().default_path()));
  json.key("lanes").begin_array();
  for (const media::LaneStatistics& lane : api.rooms.engine().lanes()) write_lane(json, lane);
  json.end_array().key("plugins").begin_array();
  for (const plugin::PluginInfo& plugin : api.plugins.plugins()) {
    json.begin_object().key("name").string(plugin.name).key("version").string(plugin.version);
    json.key("state").string(plugin.state).end_object();
  }
  return json_response(200, json.end_array().end_object().text());
}

}  // namespace

void add_server_routes(Router& router, Api& api) {
  router.add({"GET", "/healthz", Access::Anybody, BodyKind::Nothing,
              at_once([](const Request&) { return health("ok"); })});
  // A listening server is ready unless it drains or is full: main starts HTTP last, stops it first.
  router.add({"GET", "/readyz", Access::Anybody, BodyKind::Nothing,
              at_once([&api](const Request&) { return ready(api); })});
  router.add({"POST", "/v1/server/drain", Access::Administer, BodyKind::SmallJson,
              at_once([&api](const Request& request) { return drain(api, request); })});
  router.add({"DELETE", "/v1/server/drain", Access::Administer, BodyKind::Nothing,
              at_once([&api](const Request&) { return stop_draining(api); })});
  router.add(
      {"GET", "/v1/capacity", Access::ReadServer, BodyKind::Nothing,
       at_once([&api](const Request&) { return json_response(200, capacity_json(api.rooms)); })});
  router.add({"GET", "/v1/server", Access::ReadServer, BodyKind::Nothing,
              at_once([&api](const Request&) { return server(api); })});
}

}  // namespace veche::http
