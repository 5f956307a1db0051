// SPDX-License-Identifier: Apache-2.0
// A room in the media layer: control's handle of the state on its home lane and in its sessions.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "media/session.hpp"

namespace veche::media {

struct Preference {
  ParticipantId participant;
  bool pinned = false;
  bool blocked = false;
};

/// The participants that fill the slots of one session, by slot; an empty id is a free slot.
struct SessionSlots {
  SessionId session;
  std::vector<TrackId> tracks;
};

/// The lane's decisions, copied for control.
struct Selection {
  std::vector<SessionSlots> sessions;
  std::vector<TrackId> speaking;
  TrackId dominant;
};

/// [control] all of it.
class Room {
 public:
  virtual ~Room() = default;
  virtual RoomId id() const = 0;
  /// Applies the selector's settings for this room, a JSON object that fits its schema.
  /// InvalidArgument if the selector refuses them.
  virtual Status use_selector_settings(const std::string& json) = 0;
  /// Starts to make a session; events report its progress. Never blocks.
  virtual std::shared_ptr<Session> open_session(SessionRequest request, SessionEvents events) = 0;
  /// Mutes the participant's tracks for all listeners.
  virtual void set_muted(ParticipantId participant, bool muted) = 0;
  /// A participant that does not listen gets no media: its slots are emptied at once and stay
  /// empty.
  virtual void set_listening(ParticipantId participant, bool listening) = 0;
  virtual void set_preferences(ParticipantId participant,
                               const std::vector<Preference>& preferences) = 0;
  /// The number of audio slots that may be in use at once; 0: all of the session's.
  virtual void set_max_speakers(ParticipantId participant, uint32_t count) = 0;
  /// What selectors see of it, by name.
  virtual void set_attributes(ParticipantId participant,
                              const std::map<std::string, std::string>& attributes) = 0;
  /// The selector's own number for it, which only that selector sees; 0: none.
  virtual void set_tag(ParticipantId participant, uint64_t tag) = 0;
  /// The participant has left for good: its settings are dropped.
  virtual void forget(ParticipantId participant) = 0;
  /// If the selection has changed since the last call, `callback` soon gets it on control. One
  /// request at a time.
  virtual void poll_selection(std::function<void(const Selection&)> callback) = 0;
};

}  // namespace veche::media
