// SPDX-License-Identifier: Apache-2.0
// Writes the envelope. Data is JSON already, checked where it came from.
#include "events/event.hpp"

#include "base/rfc3339.hpp"
#include "glib/json.hpp"

namespace veche::events {

std::string envelope(const Event& event) {
  glib::JsonWriter json;
  json.begin_object().key("id").integer(static_cast<int64_t>(event.id));
  json.key("room").string(event.room).key("incarnation").string(event.incarnation);
  json.key("seq").integer(static_cast<int64_t>(event.seq));
  json.key("time").string(rfc3339(event.time_unix_ms)).key("type").string(event.type);
  if (!event.participant.empty()) json.key("participant").string(event.participant);
  return json.key("data").verbatim(event.data).end_object().text();
}

size_t size_of(const Event& event) {
  return sizeof event + event.room.size() + event.incarnation.size() + event.type.size() +
         event.participant.size() + event.data.size();
}

}  // namespace veche::events
