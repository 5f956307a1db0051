// SPDX-License-Identifier: Apache-2.0
// Routes about the server itself: health, version, lanes.
#include <gst/gst.h>

#include "base/time.hpp"
#include "glib/json.hpp"
#include "http/api.hpp"
#include "http/views.hpp"

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
    counter("unknown_source", lane.unknown_source);
    counter("stun_refused", lane.stun_refused);
  }
  json.end_object();
}

Response server(Api& api) {
  const glib::StringPtr gstreamer(gst_version_string());
  glib::JsonWriter json;
  json.begin_object().key("version").string(VECHE_VERSION);
  json.key("gstreamer").string(gstreamer.get());
  json.key("started_at").string(rfc3339(api.started_unix_ms));
  json.key("uptime_s").integer((unix_ms() - api.started_unix_ms) / 1000);
  json.key("addresses").begin_array();
  for (const std::string& address : api.addresses()) json.string(address);
  json.end_array().key("rooms").integer(static_cast<int64_t>(api.rooms.rooms().size()));
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
  // What listens is ready: main starts HTTP last, and stops it first.
  router.add({"GET", "/readyz", Access::Anybody, BodyKind::Nothing,
              at_once([](const Request&) { return health("ready"); })});
  router.add({"GET", "/v1/server", Access::ReadServer, BodyKind::Nothing,
              at_once([&api](const Request&) { return server(api); })});
}

}  // namespace veche::http
