// SPDX-License-Identifier: Apache-2.0
// How a recording begins: by request, or because its room wants it.
#include <algorithm>
#include <exception>
#include <utility>

#include "recording/clock.hpp"
#include "recording/control/recordings.hpp"
#include "recording/control/views.hpp"

namespace veche::recording {
namespace {

Manifest describe(const std::string& room, const std::string& incarnation, const std::string& id,
                  const Plan& plan) {
  Manifest manifest;
  manifest.id = id;
  manifest.room = room;
  manifest.incarnation = incarnation;
  if (plan.tracks) manifest.modes.emplace_back("tracks");
  if (plan.mix) manifest.modes.emplace_back("mix");
  if (plan.audio) manifest.kinds.emplace_back("audio");
  if (plan.video) manifest.kinds.emplace_back("video");
  manifest.participants = plan.participants;
  manifest.started_unix_ms = unix_ms();
  return manifest;
}

Reply has_no_folder(const Library::Refusal& refusal) {
  if (refusal.reason == "disk-full") return Reply::failed(507, "disk-full", refusal.why);
  return Reply::failed(503, "storage-failed", refusal.why);
}

}  // namespace

/// Begins the automatic recording of a room, if it wants one and has none.
void Recordings::consider(const std::string& room) {
  const Plan* plan = automatic_.wanted(room);
  if (stopping_ || !plan || people_in(room) == 0) return;
  const bool is_recorded = std::any_of(active_.begin(), active_.end(), [&](const auto& each) {
    return each.second->room == room && each.second->automatic;
  });
  if (is_recorded) return;
  automatic_.set_beginning(room);
  create(
      {.room = room, .plan = *plan, .automatic = true},
      [this, room](const Manifest&) { automatic_.has_begun(room); },
      [this, room](const Reply& reply) {
        if (automatic_.refuse(room, monotonic_ms()) > 1) return;
        host_.warning("room " + room + " is not recorded, and it is tried again: " + reply.body);
      });
}

void Recordings::begin(const std::string& room, const Plan& plan, const Begun& begun,
                       const Refused& refused) {
  create({.room = room, .plan = plan}, begun, refused);
}

void Recordings::create(Wanted wanted, const Begun& begun, const Refused& refused) {
  const std::string room = wanted.room;
  const std::optional<std::string> incarnation = incarnation_of(room);
  if (!incarnation) {
    return refused(Reply::failed(404, "no-such-room", "There is no room \"" + room + "\"."));
  }
  if (active_.size() + beginning_ >= settings_.max_recordings) {
    return refused(Reply::failed(503, "too-many-recordings",
                                 "max_recordings is " + std::to_string(settings_.max_recordings) +
                                     ": stop one first, or raise it."));
  }
  ++beginning_;
  const int64_t now_ms = unix_ms();
  wanted.id = make_id(now_ms);
  wanted.incarnation = *incarnation;
  wanted.plan = wanted.plan.within(settings_.max_duration_s, settings_.max_bytes);
  library_.create(
      room, wanted.id, now_ms,
      [this, wanted, begun, refused](Store::Place& place) {
        --beginning_;
        if (incarnation_of(wanted.room) != wanted.incarnation) {
          library_.forget(place.path);
          return refused(
              Reply::failed(404, "no-such-room", "The room \"" + wanted.room + "\" has closed."));
        }
        try {
          record(wanted, place, begun);
        } catch (const std::exception& failure) {
          // No thread is left for it.
          active_.erase(wanted.id);
          library_.forget(place.path);
          refused(Reply::failed(503, "exhausted", failure.what()));
        }
      },
      [this, wanted, refused](const Library::Refusal& refusal) {
        --beginning_;
        // Of an automatic recording, one event says that it waits.
        if (!wanted.automatic || !automatic_.was_refused(wanted.room)) {
          Manifest failed = describe(wanted.room, wanted.incarnation, wanted.id, wanted.plan);
          failed.state = State::Failed;
          failed.ended_by = refusal.reason;
          failed.detail = refusal.why;
          reports_.on_not_started(failed);
        }
        refused(has_no_folder(refusal));
      });
}

void Recordings::record(const Wanted& wanted, Store::Place& place, const Begun& begun) {
  const std::string &room = wanted.room, &id = wanted.id;
  auto active = std::make_unique<Active>();
  active->room = room;
  active->path = place.path;
  active->plan = wanted.plan;
  active->automatic = wanted.automatic;
  active->recorder = std::make_unique<Recorder>(
      place.folder.release(), describe(room, wanted.incarnation, id, wanted.plan), active->plan,
      settings_.recorder,
      [this, gate = gate_, id](const std::shared_ptr<const Manifest>& manifest) {
        gate->post([this, id, manifest] { on_ended(id, manifest); });
      });
  const Active& added = *(active_[id] = std::move(active));
  reports_.set_active(active_.size());
  host_.visit_participants(room, [&](const veche_participant_info& participant) {
    if (participant.muted == 0) return;
    added.recorder->queue()->push(MuteChanged{participant.participant, true, monotonic_ns()});
  });
  taps_.attach({room, &added.plan, added.recorder->queue()});
  announce(room);
  reports_.on_started(*added.recorder->manifest());
  begun(*added.recorder->manifest());
}

}  // namespace veche::recording
