// SPDX-License-Identifier: Apache-2.0
// What the server can carry, as JSON.
#include "glib/json.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

void write_resource(glib::JsonWriter& json, const room::ResourceState& resource) {
  json.begin_object().key("name").string(resource.name);
  json.key("limit").integer(resource.limit).key("used").integer(resource.used);
  json.key("promised").integer(resource.promised).key("reserve").integer(resource.reserve);
  json.key("joining").integer(resource.joining);
  json.key("per_participant").integer(resource.per_participant);
  json.key("head_room_participants");
  if (resource.head_room) {
    json.integer(*resource.head_room);
  } else {
    json.null();
  }
  json.end_object();
}

}  // namespace

std::string capacity_json(const room::Server& rooms) {
  const room::CapacityReport report = rooms.capacity();
  glib::JsonWriter json;
  json.begin_object().key("head_room_participants").integer(report.head_room);
  json.key("bound_by").string(report.bound().name);
  json.key("media_path").string(media::to_string(rooms.engine().default_path()));
  json.key("resources").begin_array();
  for (const room::ResourceState& resource : report.resources) write_resource(json, resource);
  return json.end_array().end_object().text();
}

}  // namespace veche::http
