// SPDX-License-Identifier: Apache-2.0
// What the server can carry, as JSON.
#include "glib/shown.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

using glib::Fields;
using glib::shown;
using room::ResourceState;

struct Capacity {
  room::CapacityReport report;
  const char* media_path;
};

const Fields<ResourceState>& resource_fields() {
  using R = ResourceState;
  static const Fields<R> fields{
      shown<R>("name", "", &R::name),
      shown<R>("limit", "", &R::limit),
      shown<R>("used", "", &R::used),
      shown<R>("promised", "Reserved for participants in the rooms.", &R::promised),
      shown<R>("reserve", "Kept for clients that reconnect, for the API and for plugins.",
               &R::reserve),
      shown<R>("joining", "What a participant needs until its connection is up.", &R::joining),
      shown<R>("per_participant", "And afterwards.", &R::per_participant),
      shown<R>("head_room_participants",
               "How many more participants can join; null: the resource sets no bound now.",
               &R::head_room),
  };
  return fields;
}

const Fields<Capacity>& capacity_fields() {
  using C = Capacity;
  static const Fields<C> fields{
      shown<C>("head_room_participants", "How many more can join, one after the other.",
               [](const C& from) { return from.report.head_room; }),
      shown<C>("bound_by", "The resource that allows the fewest.",
               [](const C& from) { return from.report.bound().name; }),
      shown<C>("media_path", "On which path.", &C::media_path, R"("enum": ["wire", "pipeline"])"),
      glib::shown_list<C>("resources", "", resource_fields(),
                          [](const C& from) { return from.report.resources; }),
  };
  return fields;
}

}  // namespace

std::string capacity_schema() {
  return glib::shown_schema(R"(, "title": "Capacity")", capacity_fields());
}

std::string capacity_json(const room::Server& rooms) {
  return glib::object_text(capacity_fields(),
                           {rooms.capacity(), media::to_string(rooms.engine().default_path())});
}

}  // namespace veche::http
