// SPDX-License-Identifier: Apache-2.0
// Does what a controller has decided about a participant's session.
#include <algorithm>
#include <utility>

#include "base/rfc3339.hpp"
#include "base/time.hpp"
#include "glib/json.hpp"
#include "room/controlled_room.hpp"
#include "room/controller.hpp"
#include "room/participant.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::room {
namespace {

/// At most this many slots that changed together are named.
constexpr size_t kMostNamed = 8;

}  // namespace

void Participant::obey(const ControlledRoom& view, size_t index,
                       const std::vector<std::string>& reasons, int64_t now_ns) {
  is_controlled_ = true;
  use_control(decided_control(view, index, reasons, session_->tracks(), control_, slots_.size()),
              now_ns);
}

void Participant::release_control(int64_t now_ns) {
  if (!is_controlled_) return;
  SessionControl none;
  none.slots.resize(slots_.size());
  for (const media::SessionTrack& track : session_->tracks()) {
    none.tracks.push_back({.hint = {.mid = track.mid}});
  }
  use_control(none, now_ns);
  // The last event may have to wait.
  is_controlled_ = news_.told() != Quality::Unknown;
}

void Participant::forget_control() {
  control_ = {};
  rates_ = {};
  news_ = {};
  is_controlled_ = false;
  quality_since_unix_ms_ = 0;
  room_.server().controllers().forget(session_->id());
}

void Participant::use_control(const SessionControl& wanted, int64_t now_ns) {
  use_slots(wanted.slots);
  use_tracks(wanted.tracks);
  if (std::exchange(control_.wish_bps, wanted.wish_bps) != wanted.wish_bps) {
    session_->wish(wanted.wish_bps);
  }
  use_quality(wanted.network, now_ns);
}

void Participant::use_slots(const std::vector<SlotControl>& wanted) {
  control_.slots.resize(wanted.size());
  std::vector<size_t> changed;
  for (size_t i = 0; i < wanted.size(); ++i) {
    SlotControl& now = control_.slots[i];
    if (now == wanted[i]) continue;
    const bool is_protected_anew = now.protection != wanted[i].protection;
    if (now.is_off != wanted[i].is_off) session_->set_active(i, !wanted[i].is_off);
    if (is_protected_anew) session_->protect(i, wanted[i].protection);
    // A slot that has become empty is no decision.
    if (slots_[i].track != 0 || is_protected_anew) changed.push_back(i);
    now = wanted[i];
  }
  if (!changed.empty()) note_slot_controls(changed);
}

void Participant::use_tracks(const std::vector<TrackControl>& wanted) {
  control_.tracks.resize(wanted.size());
  bool hints_changed = false, changed = false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    TrackControl& now = control_.tracks[i];
    const float loss = wanted[i].reported_loss;
    if (loss != now.reported_loss) session_->report_loss(session_->tracks()[i].track, loss);
    // The loss itself changes all the time.
    changed = changed || (loss > 0) != (now.reported_loss > 0);
    if (now.hint != wanted[i].hint) {
      // A track of which nothing is asked is not told, whatever the reason.
      hints_changed = hints_changed || now.hint.asks() || wanted[i].hint.asks();
      changed = changed || hints_changed || now.hint.reason != wanted[i].hint.reason;
    }
    now = wanted[i];
  }
  if (changed) note_track_controls();
  if (hints_changed) room_.audience().hint_changed(id_, hint());
}

PublishHint Participant::hint() const {
  PublishHint hints;
  for (const TrackControl& track : control_.tracks) {
    if (track.hint.asks()) hints.push_back(track.hint);
  }
  return hints;
}

void Participant::use_quality(const NetworkQuality& wanted, int64_t now_ns) {
  NetworkQuality& now = control_.network;
  if (now != wanted) {
    if (now.quality != wanted.quality) quality_since_unix_ms_ = unix_ms();
    now = wanted;
    note(Trace::Kind::Activity, "quality", to_json(now));
    room_.audience().quality_changed(id_, now);
  }
  if (!news_.is_due(now.quality, now_ns)) return;
  glib::JsonWriter json;
  json.begin_object().key("session").string(session_name_);
  json.key("quality").string(to_string(now.quality)).key("reason").string(now.reason);
  json.key("since").string(rfc3339(quality_since_unix_ms_)).end_object();
  room_.server().emit(room_, "quality.changed", id_, json.text());
}

std::vector<SlotState> Participant::slot_states() const {
  std::vector<SlotState> states;
  for (size_t i = 0; i < slots_.size(); ++i) {
    states.push_back({slots_[i], i < control_.slots.size() ? control_.slots[i] : SlotControl{}});
  }
  return states;
}

void Participant::note_slot_controls(const std::vector<size_t>& changed) {
  glib::JsonWriter json;
  json.begin_object().key("changed").integer(static_cast<int64_t>(changed.size()));
  json.key("slots").begin_object();
  for (size_t i = 0; i < std::min(changed.size(), kMostNamed); ++i) {
    const SlotControl& control = control_.slots[changed[i]];
    json.key(slots_[changed[i]].mid).begin_object();
    json.key("sent").string(control.is_off ? "off" : "all");
    if (const auto repeated = repeated_by(control.protection)) {
      json.key("repeated").integer(*repeated);
    }
    json.key("resends").boolean(control.protection.resends);
    json.key("reason").string(control.reason).end_object();
  }
  note(Trace::Kind::Activity, "adaptation", json.end_object().end_object().text());
}

void Participant::note_track_controls() {
  glib::JsonWriter json;
  json.begin_object().key("tracks").begin_array();
  for (const TrackControl& track : control_.tracks) {
    write_hint(json.begin_object(), track.hint);
    json.key("reported_loss").number(track.reported_loss).end_object();
  }
  note(Trace::Kind::Activity, "hint", json.end_array().end_object().text());
}

}  // namespace veche::room
