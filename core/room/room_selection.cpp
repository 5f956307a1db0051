// SPDX-License-Identifier: Apache-2.0
// Turns the lane's selection into names: owners of tracks, slots and speakers.
#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "base/thread_role.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::room {

void Room::tick(int64_t now_ns) {
  assert(is_on_control());
  if (!alive_) return;
  drop_sessionless(now_ns);
  if (!sessions_.empty()) {
    media_->poll_selection(
        [this, alive = std::weak_ptr<bool>(alive_)](const media::Selection& selection) {
          if (!alive.expired()) on_selection(selection);
        });
  }
  control(now_ns);
  for (const auto& [id, participant] : participants_) participant->observe(now_ns);
  audience_.tell(now_ns);
}

void Room::add_session(SessionId session, Participant& participant) {
  sessions_.emplace(session, &participant);
}

Participant* Room::find_by_session(const std::string& session) {
  assert(is_on_control());
  for (const auto& [number, participant] : sessions_) {
    if (participant->session_name_ == session) return participant;
  }
  return nullptr;
}

void Room::add_tracks(const std::vector<media::SessionTrack>& tracks, Participant& participant) {
  for (const media::SessionTrack& track : tracks) tracks_.emplace(track.track, &participant);
}

void Room::forget_session(const media::Session& session, const Participant& participant) {
  assert(is_on_control());
  sessions_.erase(session.id());
  size_t forgotten = 0;
  for (const media::SessionTrack& track : session.tracks()) forgotten += tracks_.erase(track.track);
  if (forgotten == 0 || !alive_) return;
  // The lane reports it too, but later, and not at all when this was the last session.
  for (const auto& [id, other] : participants_) other->check_slots();
  Speakers speakers = speakers_;
  std::erase(speakers.speaking, participant.id());
  if (speakers.dominant == participant.id()) speakers.dominant.clear();
  set_speakers(std::move(speakers));
}

const Participant* Room::owner_of(TrackId track) const {
  const auto found = tracks_.find(track);
  return found == tracks_.end() ? nullptr : found->second;
}

void Room::on_selection(const media::Selection& selection) {
  assert(is_on_control());
  for (const media::SessionSlots& slots : selection.sessions) {
    const auto found = sessions_.find(slots.session);
    if (found != sessions_.end()) found->second->fill_slots(slots.tracks);
  }
  std::set<std::string> speaking;
  for (const TrackId track : selection.speaking) {
    if (const Participant* owner = owner_of(track)) speaking.insert(owner->id());
  }
  const Participant* dominant = owner_of(selection.dominant);
  set_speakers({{speaking.begin(), speaking.end()}, dominant ? dominant->id() : std::string()});
}

void Room::note_speech(const std::vector<std::string>& before,
                       const std::vector<std::string>& now) {
  const auto note = [this](const std::vector<std::string>& names,
                           const std::vector<std::string>& others, bool speaks) {
    for (const std::string& name : names) {
      const bool is_in_both = std::find(others.begin(), others.end(), name) != others.end();
      Participant* participant = is_in_both ? nullptr : find(name);
      if (participant) participant->note_speech(speaks);
    }
  };
  note(before, now, false);
  note(now, before, true);
}

void Room::set_speakers(Speakers speakers) {
  if (speakers == speakers_) return;
  const bool dominant_changed = speakers.dominant != speakers_.dominant;
  note_speech(speakers_.speaking, speakers.speaking);
  speakers_ = std::move(speakers);
  audience_.speakers_changed(speakers_);
  if (dominant_changed) server_.emit(*this, "speaker.changed", speakers_.dominant);
}

}  // namespace veche::room
