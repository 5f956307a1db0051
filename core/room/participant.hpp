// SPDX-License-Identifier: Apache-2.0
// One client in a room: its identity, permissions, preferences and session. All of it on control.
#pragma once

#include <veche/controller.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "media/session.hpp"
#include "room/decisions.hpp"
#include "room/quality_news.hpp"
#include "room/session_control.hpp"
#include "room/session_rates.hpp"
#include "room/session_watch.hpp"
#include "room/trace.hpp"
#include "room/types.hpp"

namespace veche::room {

class Room;
struct ControlledRoom;

struct SessionAnswer {
  std::string session;  ///< Name of the session in URLs.
  std::string sdp;
};

/// The server's part of an ICE restart.
struct IceAnswer {
  uint32_t generation = 0;  ///< See Participant::ice_generation().
  std::string fragment;     ///< application/trickle-ice-sdpfrag
};

/// How a session is opened.
struct SessionTerms {
  ClientKind client = ClientKind::Full;
  bool has_room = false;      ///< Room::join() has just made the participant, and so found room.
  bool is_encrypted = false;  ///< The client encrypts its media end to end, as it says.
  bool obeys_hints = false;   ///< The client does what the message `hint` asks, as it says.
};

/// A slot, and what a controller has decided about it.
struct SlotState : SlotView {
  SlotControl control;
};

class Participant {
 public:
  Participant(Room& room, std::string name_id, ParticipantSettings settings);
  ~Participant();
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;

  const std::string& id() const { return id_; }  ///< The backend's name for it; unique in the room.
  const std::string& name() const;               ///< For people.
  ParticipantId number() const { return number_; }
  /// The CSRC of everything it publishes.
  uint32_t source_number() const { return source_number_; }
  const ParticipantSettings& settings() const { return settings_; }
  /// No other participant hears it: muted by the backend, by itself, or by both.
  bool muted() const { return muted_by_backend() || muted_by_self_; }
  bool muted_by_backend() const { return settings_.muted_by_backend; }
  bool muted_by_self() const { return muted_by_self_; }
  const std::vector<std::string>& pinned() const { return pinned_; }
  const std::vector<std::string>& blocked() const { return blocked_; }
  uint64_t revision() const { return revision_; }  ///< Grows with each change; for ETags.
  /// When it first connected; until then, when it was created.
  int64_t joined_unix_ms() const { return joined_unix_ms_; }

  /// Connecting and Connected while there is a session, Ended otherwise.
  SessionState session_state() const;
  std::string session_name() const;  ///< Empty without a session.
  /// Empty unless it is connected.
  SessionId session_number() const;
  /// Grows with each ICE restart of the session.
  uint32_t ice_generation() const { return ice_generation_; }
  /// The client's, of that generation.
  const std::string& ice_ufrag() const { return ice_ufrag_; }
  std::vector<TrackView> tracks() const;
  const std::vector<SlotView>& slots() const { return slots_; }
  std::vector<SlotState> slot_states() const;
  /// Of the current session; zeros without one.
  media::SessionStatistics statistics() const;

  /// What has happened to it in this stay.
  const Trace& trace() const { return trace_; }
  /// Of the current session: see media::Session. Without one: Conflict, and NotFound.
  Status keep_headers(uint32_t seconds);
  Result<std::string> headers();
  /// For log lines; valid until the session changes.
  log::About about() const;

  /// What a controller has decided about its session.
  const SessionControl& session_control() const { return control_; }
  /// What the server asks its client to send.
  PublishHint hint() const;
  const NetworkQuality& network() const { return control_.network; }
  /// Since when it has this quality; 0: always.
  int64_t quality_since_unix_ms() const { return quality_since_unix_ms_; }

  /// Changes what the patch names. Everything is checked before anything changes. A change of the
  /// backend's mute, of the permissions or of the attributes holds until the backend makes another,
  /// also when the participant rejoins.
  Status update(const ParticipantPatch& patch);

  /// Of the last session; Full before the first.
  ClientKind client() const { return terms_.client; }
  /// Does the client of the session encrypt end to end?
  bool is_encrypted() const { return session_ && terms_.is_encrypted; }

  using AnswerCallback = std::function<void(Result<SessionAnswer>)>;
  /// Replaces the session with a new one for this offer; an offer outside the profile, or of a
  /// client that lacks the permission for all that it can do, changes nothing. Calls the callback
  /// once, on control, later, even if the participant is removed meanwhile.
  void open_session(const std::string& offer, AnswerCallback callback, SessionTerms terms = {});
  /// Restarts the session's ICE with the client's new ufrag; media goes on meanwhile. Calls the
  /// callback once, on control, later. Errors: see media::Session; NotFound without a session.
  void restart_ice(const std::string& ufrag, std::function<void(Result<IceAnswer>)> callback);
  /// Ends the session of this name, and with it the participant's stay. NotFound if it is not the
  /// current one.
  Status close_session(const std::string& session, EndReason reason);

 private:
  friend class Room;
  Result<sdp::SessionPlan> plan_session(const std::string& offer, SessionTerms terms) const;
  media::SessionRequest session_request(sdp::SessionPlan plan) const;
  media::SessionEvents session_events();
  void on_answered(const Result<std::string>& answer);
  void on_connected();
  void on_ended(media::SessionEnd end, const std::string& detail);
  /// Releases the session, if there is one. A pending answer callback gets `unanswered`.
  void drop_session(const Error& unanswered);
  void answer(Result<SessionAnswer> result);
  /// The end of the stay: Room has already removed it from its participants.
  void leave(EndReason reason, const std::string& detail);
  /// Applies everything that the session's media depends on: mutes, preferences and limits.
  void apply_all();
  void apply_preferences();
  /// Tracks of a session that began without the permission appear.
  void publish();
  void tell_tracks();
  bool prefers(const std::string& participant) const;
  bool has_pinned(const std::string& participant) const;
  /// Sets which tracks fill the slots, in their order; a track without an owner leaves a slot
  /// empty.
  void fill_slots(const std::vector<TrackId>& tracks);
  /// Empties slots whose tracks no longer have an owner.
  void check_slots();
  /// Measures, and adds its session and tracks to the room, if it is connected.
  void show_session(ControlledRoom& view, int64_t now_ns);
  /// Adds its routes. All sessions have been added.
  void show_routes(ControlledRoom& view) const;
  veche_controlled_track* find_shown(ControlledRoom& view, uint64_t track) const;
  /// Does what is decided about the session at this index.
  void obey(const ControlledRoom& view, size_t index, const std::vector<std::string>& reasons,
            int64_t now_ns);
  /// There is no controller: the session gets and sends everything.
  void release_control(int64_t now_ns);
  /// The session is about to end.
  void forget_control();
  void use_control(const SessionControl& wanted, int64_t now_ns);
  void use_slots(const std::vector<SlotControl>& wanted);
  void use_tracks(const std::vector<TrackControl>& wanted);
  void use_quality(const NetworkQuality& wanted, int64_t now_ns);
  std::string profile_json() const;
  /// As events show it. `packets`: those of a track that sends more than it may.
  static std::string track_json(const TrackView& track, std::optional<uint64_t> packets = {});
  void note_changes(const ParticipantSettings& before, bool was_muted_by_self);

  /// Into the trace. `at_ns`: on the monotonic clock; 0: now.
  void note(Trace::Kind kind, const char* type, std::string data = "{}", int64_t at_ns = 0);
  void note(const char* type, const char* key, const std::string& value);
  void note_slots(const std::vector<SlotView>& changed);
  void note_slot_controls(const std::vector<size_t>& changed);
  void note_track_controls();
  void note_speech(bool speaks);
  void note_statistics();
  /// Its backend learns that a track sends more than it may.
  void note_limited(const media::SessionStatistics& statistics, int64_t now_ns);
  /// Every tick: what the session's statistics say.
  void observe(int64_t now_ns);

  Room& room_;
  const std::string id_;
  const ParticipantId number_;
  const uint32_t source_number_;
  ParticipantSettings settings_;
  Decision decision_;  ///< What the backend has decided, rather than its token.
  bool muted_by_self_ = false;
  std::vector<std::string> pinned_, blocked_;
  uint64_t revision_ = 1;
  int64_t joined_unix_ms_;
  int64_t joined_ns_ = 0;           ///< 0: never connected.
  int64_t without_session_ns_ = 0;  ///< Since when, while there is none.
  bool is_listed_ = false;          ///< In the roster: a session of it has been answered.
  bool is_removed_ = false;
  SessionTerms terms_;  ///< Of the last session.
  std::string session_name_;
  std::string ice_ufrag_;
  uint32_t ice_generation_ = 0;
  SessionState session_state_ = SessionState::Ended;
  std::vector<SlotView> slots_;
  SessionRates rates_;
  /// Where the controller sees it, while it is asked.
  struct Shown {
    bool is_shown = false;
    uint32_t session = 0;  ///< Its index.
    uint32_t flags = 0;    ///< VECHE_ROUTE_*, of routes to its tracks.
  };
  Shown shown_;
  SessionControl control_;
  bool is_controlled_ = false;  ///< There is something to take back when the controller has gone.
  QualityNews news_;
  int64_t quality_since_unix_ms_ = 0;
  Trace trace_;
  std::optional<SessionWatch> watch_;  ///< Of the session.
  AnswerCallback answer_callback_;     ///< Set while a session waits for its answer.
  /// Shared with the worker that takes it down after control has released it.
  std::shared_ptr<media::Session> session_;
  /// The session's events hold it weakly and do nothing once it is gone.
  std::shared_ptr<bool> session_alive_;
};

}  // namespace veche::room
