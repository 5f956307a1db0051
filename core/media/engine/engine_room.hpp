// SPDX-License-Identifier: Apache-2.0
// A room of the engine: control's handle of its state on the home lane.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "media/lane/attachment.hpp"
#include "media/room.hpp"
#include "media/selector.hpp"
#include "media/session/peer_sessions.hpp"

namespace veche::media {

/// [control] all of it.
class EngineRoom final : public Room {
 public:
  /// First come, first served, until use_selector(). `closed` is called at the end.
  EngineRoom(std::shared_ptr<RoomLanes> lanes, PeerSessions& sessions,
             std::function<void(EngineRoom&)> closed);
  ~EngineRoom() override;

  /// Switches to another selector with its own configuration. `latch` is released when the lane no
  /// longer uses the former one. A failure changes nothing.
  Status use_selector(Selector& selector, std::shared_ptr<void> latch);

  RoomId id() const override { return lanes_->feed->id; }
  const Lane& home() const { return *lanes_->home; }
  Status use_selector_settings(const std::string& json) override;
  std::shared_ptr<Session> open_session(SessionRequest request, SessionEvents events) override;
  void set_muted(ParticipantId participant, bool muted) override;
  void set_listening(ParticipantId participant, bool listening) override;
  void set_preferences(ParticipantId participant,
                       const std::vector<Preference>& preferences) override;
  void set_max_speakers(ParticipantId participant, uint32_t count) override;
  void set_attributes(ParticipantId participant,
                      const std::map<std::string, std::string>& attributes) override;
  void set_tag(ParticipantId participant, uint64_t tag) override;
  void forget(ParticipantId participant) override;
  void poll_selection(std::function<void(const Selection&)> callback) override;

 private:
  template <class Change>
  void for_home(Change change);
  /// For that many tracks, with some to spare; null if the selector needs none. A failure is
  /// logged: the selector then ignores the surplus.
  std::shared_ptr<Selector::Memory> make_memory(size_t tracks);
  void make_space(size_t tracks);
  void forget_tags();

  std::shared_ptr<RoomLanes> lanes_;  // Shared with attachments that end after the room.
  Selector* selector_ = nullptr;
  std::shared_ptr<Selector::Settings> settings_;  // Shared with commands until they have returned.
  PeerSessions& sessions_;
  std::function<void(EngineRoom&)> closed_;
  std::shared_ptr<bool> alive_;                // Held weakly by callbacks.
  size_t space_ = Selector::kFirstCandidates;  // How many tracks the selector has memory for.
  uint32_t attributes_revision_ = 0;           // The last one given.
  bool polling_ = false;
  uint64_t polled_version_ = 0;
};

}  // namespace veche::media
