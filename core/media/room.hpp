// SPDX-License-Identifier: Apache-2.0
// A room as the media layer sees it: control's handle of what runs on its home lane and in its
// sessions.
#pragma once

#include <functional>
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

/// Who fills the slots of one session, in the order of its slots; an empty id is a free slot.
struct SessionSlots {
  SessionId session;
  std::vector<TrackId> tracks;
};

/// What the lane decided, copied for control.
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
  /// Checks the selector's settings for this room (a JSON object) and makes them count.
  /// InvalidArgument if they are bad.
  virtual Status use_selector_settings(const std::string& json) = 0;
  /// Begins to make a session; events tell how it goes. Never blocks.
  virtual std::shared_ptr<Session> open_session(SessionRequest request, SessionEvents events) = 0;
  /// Nobody hears the participant's tracks.
  virtual void set_muted(ParticipantId participant, bool muted) = 0;
  virtual void set_preferences(ParticipantId participant,
                               const std::vector<Preference>& preferences) = 0;
  /// How many audio slots may be in use at once; 0: all that the session has.
  virtual void set_max_speakers(ParticipantId participant, uint32_t count) = 0;
  /// The participant is gone for good: what was set for it is dropped.
  virtual void forget(ParticipantId participant) = 0;
  /// If the selection changed since the last call, `callback` gets it on control, soon. One request
  /// at a time.
  virtual void poll_selection(std::function<void(const Selection&)> callback) = 0;
};

}  // namespace veche::media
