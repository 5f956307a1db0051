// SPDX-License-Identifier: Apache-2.0
// What a session's link, slots and tracks carry, and what a controller holds back, as JSON.
#pragma once

#include <cstdint>
#include <string>

#include "glib/fields.hpp"
#include "glib/shown.hpp"
#include "media/session.hpp"
#include "room/session_control.hpp"

namespace veche::http {

/// The rows about a slot's control, which `get` returns. T is what the object stands for.
template <class T, class Get>
glib::Fields<T> slot_control_fields(Get get) {
  using glib::shown;
  return {
      shown<T>(
          "sent", "off: a controller holds it back.",
          [get](const T& from) { return std::invoke(get, from).is_off ? "off" : "all"; },
          R"("enum": ["all", "off"])"),
      shown<T>(
          "repeated",
          "How many packets before it each packet repeats; null: as many as the publisher does.",
          [get](const T& from) { return room::repeated_by(std::invoke(get, from).protection); }),
      shown<T>("resends", "Are lost packets sent again where the client asks?",
               [get](const T& from) { return std::invoke(get, from).protection.resends; }),
      shown<T>("reason", "The controller's; empty: there is nothing to explain.",
               [get](const T& from) { return std::invoke(get, from).reason; }),
  };
}

/// What the server sends into one slot.
struct SlotUse {
  std::string mid, participant;
  uint64_t bytes_sent = 0;
  media::SlotStatistics statistics;
  room::SlotControl control;
};
const glib::Fields<SlotUse>& slot_use_fields();

/// What the server receives of one track.
struct TrackUse {
  std::string mid;
  media::TrackStatistics statistics;
  room::TrackControl control;
};
const glib::Fields<TrackUse>& track_use_fields();

const glib::Fields<media::LinkStatistics>& link_fields();

}  // namespace veche::http
