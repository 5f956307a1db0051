// SPDX-License-Identifier: Apache-2.0
// A conversation: its policy, its participants, and the notifications of their clients. All of it
// on control.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "media/room.hpp"
#include "room/audience.hpp"
#include "room/client_feed.hpp"
#include "room/decisions.hpp"
#include "room/participant.hpp"
#include "room/types.hpp"

namespace veche::room {

class Server;

/// What became of an announcement.
struct AnnouncementOutcome {
  size_t clients = 0;               ///< Feeds that got it.
  std::vector<std::string> absent;  ///< Those of the named participants that are not in the room.
};

class Room {
 public:
  /// The policy has been checked, and the selector has its part of it.
  Room(Server& server, std::string id, RoomPolicy policy, std::unique_ptr<media::Room> media);
  ~Room();
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  const std::string& id() const { return id_; }
  /// Tells it from earlier and later rooms of the same name, on this and other servers.
  const std::string& incarnation() const { return incarnation_; }
  const RoomPolicy& policy() const { return policy_; }
  uint64_t revision() const { return revision_; }
  int64_t created_unix_ms() const { return created_unix_ms_; }
  uint32_t max_participants() const;      ///< The policy's, bounded by the server's.
  media::TrackRates audio_rates() const;  ///< The policy's, else the server's.

  /// Checks everything, the plugins' parts too, then changes it.
  Status update(const RoomPatch& patch);

  /// The participant of that name, created if it is not in the room. A present one keeps its
  /// settings, including those changed since it joined, and one that rejoins keeps what the backend
  /// has decided about it. Exhausted when the room is full. A participant without a session is
  /// dropped after a minute.
  Result<Participant*> join(const std::string& participant, const ParticipantSettings& settings);
  /// The same on behalf of the backend: what `given` names applies, to a present participant too.
  Result<Participant*> invite(const std::string& participant, const ParticipantPatch& given);
  /// The settings that an invitation of that participant would change.
  ParticipantSettings settings_of(const std::string& participant) const;
  Participant* find(const std::string& participant);
  /// The participant whose current session has this name. Null: there is none.
  Participant* find_by_session(const std::string& session);
  /// By name.
  const std::map<std::string, std::unique_ptr<Participant>>& participants() const {
    return participants_;
  }
  Status remove(const std::string& participant, EndReason reason, const std::string& detail = {});

  /// Notifies the client of `participant` from now on: first a snapshot, then changes, merged over
  /// 100 ms. A client that names a stream of its own which ended, or is about to, less than a
  /// minute ago gets what has changed since, in place of a snapshot; if too much has, a snapshot
  /// after all. NotFound if there is no such participant, Exhausted if it has too many feeds. The
  /// feed ends with the object, with on_closing() or with on_taken_over().
  Result<std::unique_ptr<ClientFeed>> watch(const std::string& participant, ClientSink& sink,
                                            const WatchRequest& request = {});
  /// How clients see it.
  RosterEntry roster_entry(const Participant& participant) const;
  /// The names of those that clients see: all that have or had a session.
  const JoinOrder& roster() const { return audience_.roster(); }

  /// Sends a message of the backend, a checked JSON object, to the clients of these participants,
  /// or to all that watch the room. At once, and once: a client that watches later does not get it,
  /// but one that resumes its stream does.
  AnnouncementOutcome send_announcement(
      const std::string& json, const std::optional<std::vector<std::string>>& participants);

  /// Sends a plugin's message, a JSON object, to the clients of this participant. At once, and
  /// once. Returns how many clients got it.
  size_t send_message(const std::string& participant, const std::string& plugin,
                      const std::string& json);

  /// What a plugin tells every client in the room: a JSON object; nothing withdraws it.
  void announce(const std::string& plugin, const std::optional<std::string>& json);
  /// Plugin name -> what it tells clients.
  const std::map<std::string, std::string>& notices() const { return notices_; }

  const Speakers& speakers() const { return speakers_; }
  media::Room& media() { return *media_; }
  Server& server() { return server_; }
  const Server& server() const { return server_; }

 private:
  friend class Server;
  friend class Participant;
  /// Every 100 ms: asks the lane what changed, and notifies the clients.
  void tick(int64_t now_ns);
  /// Asks the controller, if there is one, what its sessions should receive and send.
  void control(int64_t now_ns);
  /// Has it been empty for as long as its policy allows?
  bool is_expired(int64_t now_ns) const;
  /// The end: Server has already removed it from its rooms.
  void close(EndReason reason);
  uint64_t next_seq() { return ++last_seq_; }
  std::string policy_json() const;
  /// How many participants have no event connection, but a client that will open one.
  int64_t awaited_events() const;

  Result<Participant*> admit(const std::string& participant, ParticipantSettings settings,
                             const Decision& decision);
  void drop_sessionless(int64_t now_ns);
  void apply_preferences_for(const std::string& participant);
  Concerns concerns_of(const Participant& participant) const;
  Snapshot snapshot_for(const Participant& participant, MessageStream& stream);
  /// Null if the stream is unknown, or too much has changed.
  std::unique_ptr<ClientFeed> resume(const Participant& participant, ClientSink& sink,
                                     const StreamPosition& position);

  // Called by participants.
  Audience& audience() { return audience_; }
  void roster_changed(const Participant& participant);
  void enter_roster(const Participant& participant);
  void add_session(SessionId session, Participant& participant);
  void add_tracks(const std::vector<media::SessionTrack>& tracks, Participant& participant);
  void forget_session(const media::Session& session, const Participant& participant);

  const Participant* owner_of(TrackId track) const;
  void on_selection(const media::Selection& selection);
  void set_speakers(Speakers speakers);
  void note_speech(const std::vector<std::string>& before, const std::vector<std::string>& now);

  Server& server_;
  const std::string id_;
  const std::string incarnation_;
  RoomPolicy policy_;
  uint64_t revision_ = 1;
  uint64_t last_seq_ = 0;
  int64_t created_unix_ms_;
  int64_t created_ns_;
  int64_t empty_since_ns_;
  std::unique_ptr<media::Room> media_;
  Audience audience_;
  std::map<std::string, std::unique_ptr<Participant>> participants_;
  std::unordered_map<SessionId, Participant*> sessions_;  ///< Those that have not ended.
  std::unordered_map<TrackId, Participant*> tracks_;      ///< Of answered sessions.
  Decisions decisions_;
  Speakers speakers_;
  std::map<std::string, std::string> notices_;
  std::shared_ptr<bool> alive_;  ///< Until close(); callbacks of the media layer hold it weakly.
};

}  // namespace veche::room
