// SPDX-License-Identifier: Apache-2.0
// Writes the envelope. Data is JSON already, checked where it came from.
#include "events/event.hpp"

#include "base/rfc3339.hpp"
#include "glib/shown.hpp"

namespace veche::events {
namespace {

using glib::shown;

const glib::Fields<Event>& fields() {
  static const glib::Fields<Event> fields{
      shown<Event>("id", "Counts up over all rooms and restarts, without gaps.", &Event::id),
      shown<Event>("room", "Empty for events of the server itself.", &Event::room),
      shown<Event>("incarnation", "Of the room: tells it from others of the same name.",
                   &Event::incarnation),
      shown<Event>("seq", "Counts up within the incarnation, without gaps.", &Event::seq),
      shown<Event>(
          "time", "", [](const Event& from) { return rfc3339(from.time_unix_ms); },
          glib::kDateTime),
      shown<Event>("type", "", &Event::type, R"("examples": ["participant.joined"])"),
      glib::shown_if(
          [](const Event& from) { return !from.participant.empty(); },
          shown<Event>("participant", "Where the event is about one.", &Event::participant)),
      shown<Event>("data", "What the type says.",
                   [](const Event& from) { return glib::ObjectText{from.data}; }),
  };
  return fields;
}

}  // namespace

std::string envelope(const Event& event) { return glib::object_text(fields(), event); }

std::string event_schema() { return glib::shown_schema(R"(, "title": "Event")", fields()); }

size_t size_of(const Event& event) {
  return sizeof event + event.room.size() + event.incarnation.size() + event.type.size() +
         event.participant.size() + event.data.size();
}

}  // namespace veche::events
