// SPDX-License-Identifier: Apache-2.0
// A participant's session, from the offer to its end. State changes first, notifications follow.
#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "glib/json.hpp"
#include "room/checks.hpp"
#include "room/participant.hpp"
#include "room/random.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::room {
namespace {

const char* to_string(sdp::MediaKind kind) {
  return kind == sdp::MediaKind::Audio ? "audio" : "video";
}

EndReason reason_of(media::SessionEnd end) {
  switch (end) {
    case media::SessionEnd::PeerTimeout: return EndReason::PeerTimeout;
    case media::SessionEnd::BadFingerprint: return EndReason::BadFingerprint;
    case media::SessionEnd::PolicyViolation: return EndReason::PolicyViolation;
    case media::SessionEnd::MediaError: return EndReason::MediaError;
  }
  return EndReason::MediaError;
}

Error unanswered(EndReason reason) {
  const std::string message =
      std::string("The session ended before it was answered: ") + room::to_string(reason) + ".";
  switch (reason) {
    case EndReason::Replaced: return {ErrorCode::Conflict, message};
    case EndReason::ServerStopping: return {ErrorCode::Unavailable, message};
    default: return not_found(message);
  }
}

/// Without a duration: it never connected.
std::string left_text(EndReason reason, const std::string& detail,
                      std::optional<int64_t> duration_ns) {
  std::string text = std::string("has left: ") + to_string(reason);
  if (!detail.empty()) text.append(": ").append(detail);
  if (!duration_ns) return text += ", and never connected";
  return text += ", after " + std::to_string(*duration_ns / kNsPerS) + " s";
}

std::string left_json(EndReason reason, const std::string& detail, int64_t duration_ns) {
  glib::JsonWriter json;
  json.begin_object().key("reason").string(to_string(reason));
  if (!detail.empty()) json.key("detail").string(detail);
  return json.key("duration_s").integer(duration_ns / kNsPerS).end_object().text();
}

}  // namespace

std::string Participant::track_json(const TrackView& track, std::optional<uint64_t> packets) {
  glib::JsonWriter json;
  json.begin_object().key("track").integer(static_cast<int64_t>(track.track));
  json.key("mid").string(track.mid).key("kind").string(track.kind);
  if (packets) json.key("packets").integer(static_cast<int64_t>(*packets));
  return json.end_object().text();
}

SessionState Participant::session_state() const { return session_state_; }

std::string Participant::session_name() const { return session_name_; }

SessionId Participant::session_number() const {
  return session_ && session_state_ == SessionState::Connected ? session_->id() : SessionId{};
}

std::vector<TrackView> Participant::tracks() const {
  std::vector<TrackView> tracks;
  if (!session_) return tracks;
  for (const media::SessionTrack& track : session_->tracks()) {
    tracks.push_back({track.track.value, track.mid, to_string(track.kind), terms_.is_encrypted});
  }
  return tracks;
}

media::SessionStatistics Participant::statistics() const {
  assert(is_on_control());
  return session_ ? session_->statistics() : media::SessionStatistics{};
}

Result<sdp::SessionPlan> Participant::plan_session(const std::string& offer,
                                                   SessionTerms terms) const {
  if (is_removed_) return unanswered(EndReason::Removed);
  Server& server = room_.server();
  // A participant that is in a call may always rejoin it.
  const Status taken =
      session_ || terms.has_room ? Ok{} : server.takes_participants(room_.policy().path);
  if (!taken) return taken.error();
  return plan_offer(offer, terms.client, settings_.permissions, server.limits());
}

void Participant::open_session(const std::string& offer, AnswerCallback callback,
                               SessionTerms terms) {
  assert(is_on_control());
  Server& server = room_.server();
  Result<sdp::SessionPlan> plan = plan_session(offer, terms);
  if (!plan) {
    const Error& error = plan.error();
    log::warning("room", "its offer is refused: " + error.message, about());
    note("offer.refused", "detail", error.message);
    server.loop().post([callback = std::move(callback), error] { callback(error); });
    return;
  }
  const bool was_connected = session_state_ == SessionState::Connected;
  if (session_) {
    // The event connections of the old session learn that the participant has moved on.
    server.count_end(EndReason::Replaced);
    log::info("room", "its session is replaced with a new one", about());
    note("session.replaced", "session", session_name_);
    room_.audience().close(id_, EndReason::Replaced);
  }
  drop_session(unanswered(EndReason::Replaced));
  terms_ = terms;
  answer_callback_ = std::move(callback);
  session_name_ = random_token();
  session_state_ = SessionState::Connecting;
  log::info("room", "offers a session", about());
  note("session.offered", "session", session_name_);
  watch_.emplace(monotonic_ns());
  ice_ufrag_ = plan->ufrag;
  ice_generation_ = 0;
  session_ = room_.media().open_session(session_request(std::move(plan).value()), session_events());
  room_.add_session(session_->id(), *this);
  server.promise_session(room_.policy().path);
  apply_all();
  if (was_connected) room_.roster_changed(*this);
}

media::SessionRequest Participant::session_request(sdp::SessionPlan plan) const {
  media::SessionRequest request;
  request.path = room_.policy().path;
  request.plan = std::move(plan);
  request.participant = number_;
  request.source_number = source_number_;
  request.room_name = room_.id();
  request.participant_name = id_;
  request.display_name = name();
  request.is_encrypted = terms_.is_encrypted;
  for (sdp::SectionPlan& section : request.plan.sections) {
    // Browsers encrypt a packet's payload as a whole, so the server could not read RED's blocks.
    if (terms_.is_encrypted && section.is_track()) section.red_payload_type = 0;
  }
  request.publish_audio = settings_.permissions.publish_audio;
  request.audio_rates = room_.audio_rates();
  return request;
}

media::SessionEvents Participant::session_events() {
  session_alive_ = std::make_shared<bool>(true);
  const std::weak_ptr<bool> alive = session_alive_;
  media::SessionEvents events;
  events.answered = [this, alive](const Result<std::string>& answer) {
    if (!alive.expired()) on_answered(answer);
  };
  events.connected = [this, alive] {
    if (!alive.expired()) on_connected();
  };
  events.ended = [this, alive](media::SessionEnd end, const std::string& detail) {
    if (!alive.expired()) on_ended(end, detail);
  };
  return events;
}

void Participant::on_answered(const Result<std::string>& sdp) {
  assert(is_on_control());
  if (!sdp.ok()) {
    log::warning("room", "its session failed: " + sdp.error().message, about());
    note("session.failed", "detail", sdp.error().message);
    drop_session(sdp.error());
    return;
  }
  for (const media::SessionSlot& slot : session_->slots()) {
    slots_.push_back({slot.mid, to_string(slot.kind), {}, 0});
  }
  room_.add_tracks(session_->tracks(), *this);
  room_.audience().slots_restarted(id_, slots_);
  if (!std::exchange(is_listed_, true)) room_.enter_roster(*this);
  log::info("room", "its offer is answered", about());
  note("session.answered", "path", session_->statistics().path);
  answer(SessionAnswer{session_name_, sdp.value()});
}

void Participant::on_connected() {
  assert(is_on_control());
  session_state_ = SessionState::Connected;
  log::info("room", "is connected", about());
  note(Trace::Kind::Change, "session.connected");
  room_.roster_changed(*this);
  Server& server = room_.server();
  if (joined_ns_ == 0) {
    joined_ns_ = server.now_ns();
    joined_unix_ms_ = unix_ms();
    server.emit(room_, "participant.joined", id_, profile_json());
  }
  tell_tracks();
}

void Participant::tell_tracks() {
  for (const TrackView& track : tracks()) {
    room_.server().emit(room_, "track.published", id_, track_json(track));
  }
}

void Participant::publish() {
  if (!session_ || !session_->tracks().empty()) return;
  session_->publish();
  room_.add_tracks(session_->tracks(), *this);
  if (session_state_ == SessionState::Connected) tell_tracks();
}

void Participant::on_ended(media::SessionEnd end, const std::string& detail) {
  assert(is_on_control());
  // The participant is in the room: its callbacks end when it is removed.
  (void)room_.remove(id_, reason_of(end), detail);
}

Status Participant::close_session(const std::string& session, EndReason reason) {
  assert(is_on_control());
  if (session_name_.empty() || session != session_name_) {
    return not_found("The participant has no such session; it ended or was replaced.");
  }
  return room_.remove(id_, reason);
}

void Participant::drop_session(const Error& error) {
  if (!session_) return;
  session_alive_.reset();
  answer(error);
  if (watch_) note_statistics();
  watch_.reset();
  if (session_state_ == SessionState::Connected) {
    for (const TrackView& track : tracks()) {
      room_.server().emit(room_, "track.unpublished", id_, track_json(track));
    }
  }
  slots_.clear();
  room_.audience().slots_restarted(id_, slots_);
  session_name_.clear();
  session_state_ = SessionState::Ended;
  without_session_ns_ = room_.server().now_ns();
  forget_control();
  room_.forget_session(*session_, *this);
  session_->close();
  // This may be a call from within the session.
  room_.server().retire(std::exchange(session_, nullptr));
}

void Participant::answer(Result<SessionAnswer> result) {
  if (!answer_callback_) return;
  room_.server().loop().post([callback = std::exchange(answer_callback_, nullptr),
                              result = std::move(result)] { callback(result); });
}

void Participant::leave(EndReason reason, const std::string& detail) {
  is_removed_ = true;
  const std::optional<int64_t> duration_ns =
      joined_ns_ == 0 ? std::nullopt : std::optional(room_.server().now_ns() - joined_ns_);
  log::info("room", left_text(reason, detail, duration_ns), about());
  drop_session(unanswered(reason));
  note(Trace::Kind::Change, "participant.left", left_json(reason, detail, duration_ns.value_or(0)));
  room_.media().forget(number_);
  Server& server = room_.server();
  server.keep_trace(room_.id(), id_, std::exchange(trace_, {}));
  server.release_source_number(source_number_);
  server.count_end(reason);
  if (!duration_ns) return;
  server.emit(room_, "participant.left", id_, left_json(reason, detail, *duration_ns));
}

void Participant::fill_slots(const std::vector<TrackId>& tracks) {
  std::vector<SlotView> changed;
  for (size_t i = 0; i < std::min(slots_.size(), tracks.size()); ++i) {
    SlotView slot{slots_[i].mid, slots_[i].kind, {}, 0};
    if (const Participant* owner = room_.owner_of(tracks[i])) {
      slot.participant = owner->id();
      slot.track = tracks[i].value;
    }
    if (slots_[i] != slot) changed.push_back(slots_[i] = slot);
  }
  if (changed.empty()) return;
  note_slots(changed);
  room_.audience().slots_changed(id_, changed);
}

void Participant::check_slots() {
  std::vector<TrackId> tracks;
  for (const SlotView& slot : slots_) tracks.push_back(TrackId{slot.track});
  fill_slots(tracks);
}

}  // namespace veche::room
