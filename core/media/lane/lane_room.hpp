// SPDX-License-Identifier: Apache-2.0
// One room on its home lane: collects the selector's input, asks it, and reports the slots that
// change.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "media/feed/track_feed.hpp"
#include "media/lane/attributes.hpp"
#include "media/lane/lane_session.hpp"
#include "media/lane/slot_fill.hpp"
#include "media/room.hpp"
#include "media/selector.hpp"

namespace veche::media {

/// Made on control, used on the lane, destroyed on control.
class LaneRoom {
 public:
  /// The interval between calls of select() while the room is awake.
  static constexpr int64_t kTickNs = 20'000'000;

  /// The room shares the feed with its sessions' streaming threads. Slots stay unchanged until
  /// there is a selector.
  LaneRoom(std::shared_ptr<RoomFeed> feed, LaneCounters& counters);

  RoomId id() const { return feed_->id; }
  bool is_awake() const noexcept { return feed_->awake.load(std::memory_order_relaxed); }

  // [lane] all of it.
  void add_track(std::shared_ptr<TrackFeed> feed);
  void remove_track(TrackId track) noexcept;
  /// `lane`: the index of the lane with the session's egress, which need not be the home lane.
  void add_listener(SessionId session, ParticipantId participant, uint32_t lane,
                    uint32_t slot_count, uint32_t max_speakers, std::vector<Preference> preferences,
                    bool listening = true);
  void remove_listener(SessionId session) noexcept;
  void set_preferences(ParticipantId participant,
                       const std::vector<Preference>& preferences) noexcept;
  void set_max_speakers(ParticipantId participant, uint32_t count) noexcept;
  /// Of the participant's tracks and sessions, now and later; null: it has none. Leaves the former
  /// ones in `attributes`.
  void swap_attributes(ParticipantId participant,
                       std::shared_ptr<const Attributes>& attributes) noexcept;
  /// Likewise; 0: none. Another selector begins without tags.
  void set_tag(ParticipantId participant, uint64_t tag) noexcept;
  /// Slots of a participant that does not listen are emptied now: see fills().
  void set_listening(ParticipantId participant, bool listening) noexcept;
  void use_settings(const Selector::Settings& settings) noexcept;
  void use_memory(Selector::Memory& memory) noexcept;
  /// Returns the former selector's state. Slots keep their tracks until the new selector decides
  /// otherwise.
  void swap_selector(std::unique_ptr<Selector::RoomState>& selector) noexcept;

  /// Asks the selector and applies its valid decisions. False if the room has been idle for a
  /// while: it sleeps until the next wake-up.
  bool select(int64_t now_ns) noexcept;
  /// The changes of the last select() or set_listening(). A track leaves its old slot before it
  /// enters the new one.
  std::span<const SlotFill> fills() const noexcept { return fills_; }
  /// The selection for control: slots and speakers.
  void copy(Selection& selection) const;

 private:
  struct Listener {
    SessionId session;
    ParticipantId participant;
    uint32_t lane;
    uint32_t slot_count;
    uint32_t max_speakers;
    std::vector<Preference> preferences;
    bool listening;
  };

  void rebuild();
  void rebuild_candidates();
  void rebuild_listeners();
  void rebuild_marks() noexcept;
  bool read_meters(int64_t now_ns) noexcept;
  void count_speech(const TrackFeed& feed, uint8_t level) noexcept;
  bool is_allowed(const Listener& listener, uint64_t track) const noexcept;
  void release_slots() noexcept;
  void apply() noexcept;
  void apply_slot(const Listener& listener, uint32_t first_slot, uint32_t slot) noexcept;
  const veche_candidate* find_candidate(uint64_t track) const noexcept;

  std::shared_ptr<RoomFeed> feed_;
  std::unique_ptr<Selector::RoomState> selector_;
  LaneCounters& counters_;
  std::vector<std::shared_ptr<TrackFeed>> tracks_;
  std::vector<Listener> listeners_;
  /// What the selector knows of a participant beside its tracks and sessions.
  struct Marks {
    /// Shared with the command that replaces them, so that control frees them.
    std::shared_ptr<const Attributes> attributes;
    uint64_t tag = 0;
  };
  template <class Seen>
  void show_marks(Seen& seen) const noexcept;
  void forget_unmarked(ParticipantId participant) noexcept;
  std::unordered_map<ParticipantId, Marks> marks_;
  // Parallel to tracks_ and listeners_, as the selector sees them.
  std::vector<veche_candidate> candidates_;
  std::vector<float> smoothed_;
  std::vector<uint8_t> speaking_, new_speaking_;
  std::vector<veche_listener> listener_views_;
  std::vector<veche_preference> preferences_;
  std::vector<veche_slot> slots_, wanted_;  // The current slots, and those that the selector wants.
  std::vector<SlotFill> fills_;
  uint64_t dominant_ = 0;
  int64_t last_activity_ns_ = 0;
};

}  // namespace veche::media
