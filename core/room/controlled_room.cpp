// SPDX-License-Identifier: Apache-2.0
// Passes a room's arrays to its controller.
#include "room/controlled_room.hpp"

#include <algorithm>
#include <iterator>

#include "room/controller.hpp"

namespace veche::room {

void reset_decision(const veche_controlled_room& room, const veche_room_decision& decision) {
  for (uint32_t i = 0; i < room.session_count; ++i) {
    *VECHE_AT(veche_session_decision, decision.sessions, decision.session_stride, i) = {};
  }
  for (uint32_t i = 0; i < room.track_count; ++i) {
    *VECHE_AT(veche_track_decision, decision.tracks, decision.track_stride, i) = {};
  }
  for (uint32_t i = 0; i < room.route_count; ++i) {
    const auto& route = *VECHE_AT(const veche_controlled_route, room.routes, room.route_stride, i);
    const bool is_able = (route.flags & VECHE_ROUTE_ABLE_RETRANSMISSION) != 0;
    *VECHE_AT(veche_route_decision, decision.routes, decision.route_stride, i) = {
        .target = VECHE_TARGET_ALL,
        .protection = VECHE_PROTECT_AS_PUBLISHED | (is_able ? VECHE_PROTECT_RETRANSMIT : 0),
        .reason = 0,
        .reserved = 0};
  }
}

void ControlledRoom::clear() {
  sessions.clear();
  routes.clear();
  tracks.clear();
}

void ControlledRoom::show_part(const ControlledRoom& whole, uint32_t kind) {
  clear();
  for (veche_controlled_session session : whole.sessions) {
    const auto copy = [kind](const auto& from, auto& to, uint32_t& first, uint32_t& count) {
      const auto begin = from.begin() + first;
      first = static_cast<uint32_t>(to.size());
      std::copy_if(begin, begin + count, std::back_inserter(to),
                   [kind](const auto& each) { return each.kind == kind; });
      count = static_cast<uint32_t>(to.size()) - first;
    };
    copy(whole.routes, routes, session.first_route, session.route_count);
    copy(whole.tracks, tracks, session.first_track, session.track_count);
    sessions.push_back(session);
  }
}

veche_controlled_room ControlledRoom::view() const {
  veche_controlled_room view{};
  view.struct_size = sizeof view;
  view.session_count = static_cast<uint32_t>(sessions.size());
  view.route_count = static_cast<uint32_t>(routes.size());
  view.track_count = static_cast<uint32_t>(tracks.size());
  view.session_stride = sizeof(veche_controlled_session);
  view.route_stride = sizeof(veche_controlled_route);
  view.track_stride = sizeof(veche_controlled_track);
  view.layer_stride = sizeof(veche_controlled_layer);
  view.sessions = sessions.data();
  view.routes = routes.data();
  view.tracks = tracks.data();
  return view;
}

veche_room_decision ControlledRoom::decision() {
  session_decisions.resize(sessions.size());
  route_decisions.resize(routes.size());
  track_decisions.resize(tracks.size());
  veche_room_decision decision{};
  decision.struct_size = sizeof decision;
  decision.session_stride = sizeof(veche_session_decision);
  decision.route_stride = sizeof(veche_route_decision);
  decision.track_stride = sizeof(veche_track_decision);
  decision.sessions = session_decisions.data();
  decision.routes = route_decisions.data();
  decision.tracks = track_decisions.data();
  return decision;
}

void ControlledRoom::reset_decisions() { reset_decision(view(), decision()); }

void ControlledRoom::ask(Controller& controller, RoomId room, const std::string& name,
                         int64_t now_ns) {
  veche_controlled_room shown = view();
  shown.room = room.value;
  shown.now_ns = now_ns;
  shown.name = name.c_str();
  veche_room_decision decided = decision();
  reset_decision(shown, decided);
  controller.control(shown, decided);
}

}  // namespace veche::room
