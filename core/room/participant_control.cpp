// SPDX-License-Identifier: Apache-2.0
// Shows a participant's session to the controller, and applies what it decides.
#include "glib/json.hpp"
#include "room/participant.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::room {
namespace {

uint32_t microseconds(double ms) { return static_cast<uint32_t>(ms * 1000); }

}  // namespace

void Participant::control(Controller* controller, int64_t now_ns) {
  if (session_state_ != SessionState::Connected) return;
  std::vector<uint32_t> targets(slots_.size(), VECHE_TARGET_ALL);
  if (!controller) return use_targets(targets, {});
  const media::SessionStatistics statistics = session_->statistics();
  rates_.update(statistics, now_ns);
  std::vector<veche_controlled_route> routes;
  for (size_t slot = 0; slot < slots_.size(); ++slot) {
    const Participant* owner = room_.owner_of(TrackId{slots_[slot].track});
    if (!owner) continue;
    veche_controlled_route& route = routes.emplace_back();
    route = {};
    route.track = slots_[slot].track;
    route.participant = owner->number_.value;
    route.kind = VECHE_KIND_AUDIO;  // The only kind so far.
    route.slot = static_cast<uint32_t>(slot);
    route.bitrate_bps = rates_.slot_bps(slot);
  }
  veche_session_view view{};
  view.struct_size = sizeof view;
  view.route_count = static_cast<uint32_t>(routes.size());
  view.session = session_->id().value;
  view.participant = number_.value;
  view.now_ns = now_ns;
  view.round_trip_us = microseconds(statistics.round_trip_ms);
  view.jitter_us = microseconds(statistics.jitter_out_ms);
  view.loss_out = rates_.loss_out();
  view.loss_in = rates_.loss_in();
  view.bitrate_out_bps = rates_.bitrate_out_bps();
  view.bitrate_in_bps = rates_.bitrate_in_bps();
  view.routes = routes.data();
  std::vector<uint32_t> wanted(routes.size(), VECHE_TARGET_ALL);
  veche_session_targets decision{};
  decision.struct_size = sizeof decision;
  decision.targets = wanted.data();
  controller->control(view, decision);
  for (size_t i = 0; i < routes.size(); ++i) targets[routes[i].slot] = wanted[i];
  use_targets(targets, {decision.hint.max_bitrate_bps, decision.hint.fec_percent});
}

void Participant::use_targets(const std::vector<uint32_t>& targets, const PublishHint& hint) {
  targets_.resize(targets.size(), VECHE_TARGET_ALL);
  for (size_t slot = 0; slot < targets.size(); ++slot) {
    if (targets[slot] == targets_[slot]) continue;
    targets_[slot] = targets[slot];
    session_->set_active(slot, targets[slot] == VECHE_TARGET_ALL);
  }
  if (hint == hint_) return;
  hint_ = hint;
  note(Trace::Kind::Activity, "hint",
       glib::JsonWriter()
           .begin_object()
           .key("max_bitrate_bps")
           .integer(hint.max_bitrate_bps)
           .key("fec_percent")
           .integer(hint.fec_percent)
           .end_object()
           .text());
  room_.audience().hint_changed(id_, hint);
}

void Participant::forget_control() {
  targets_.clear();
  rates_ = {};
  hint_ = {};
  if (Controller* controller = room_.server().controller()) controller->forget(session_->id());
}

}  // namespace veche::room
