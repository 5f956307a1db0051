// SPDX-License-Identifier: Apache-2.0
// What a selector sees of a room and what it decides, as ranges.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "../selector.h"
#include "strided.hpp"

namespace veche {

/// A room as a selector sees it. The ranges are valid during the call.
class RoomView {
 public:
  explicit RoomView(const veche_room_view& view) noexcept : view_(view) {}
  uint64_t room() const noexcept { return view_.room; }
  int64_t now_ns() const noexcept { return view_.now_ns; }
  Strided<const veche_candidate> candidates() const noexcept {
    return {view_.candidates, view_.candidate_stride, view_.candidate_count};
  }
  Strided<const veche_listener> listeners() const noexcept {
    return {view_.listeners, view_.listener_stride, view_.listener_count};
  }
  Strided<const veche_preference> preferences(const veche_listener& listener) const noexcept {
    return Strided<const veche_preference>(view_.preferences, view_.preference_stride,
                                           view_.preference_count)
        .part(listener.first_preference, listener.preference_count);
  }
  /// The listener's VECHE_PREFER_* for that participant.
  uint32_t preference(const veche_listener& listener, uint64_t participant) const noexcept {
    for (const veche_preference& wish : preferences(listener)) {
      if (wish.participant == participant) return wish.flags;
    }
    return 0;
  }
  const veche_candidate* find(uint64_t track) const noexcept {
    for (const veche_candidate& candidate : candidates()) {
      if (candidate.track == track) return &candidate;
    }
    return nullptr;
  }

 private:
  const veche_room_view& view_;
};

/// An attribute of the participant of a candidate or a listener by its name, "role"; empty if it is
/// not set.
template <class Of>
std::string_view attribute(const Of& of, std::string_view name) noexcept {
  for (uint32_t i = 0; i < of.attributes.count; ++i) {
    if (name == of.attributes.list[i].name) return of.attributes.list[i].value;
  }
  return {};
}

/// The decision of a selector.
class Assignments {
 public:
  Assignments(const veche_room_view& view, veche_selection& selection) noexcept
      : view_(view), selection_(selection) {}
  Strided<veche_slot> slots(const veche_listener& listener) const noexcept {
    return Strided<veche_slot>(selection_.slots, view_.slot_stride, view_.slot_count)
        .part(listener.first_slot, listener.slot_count);
  }
  void set_speaking(const veche_candidate& candidate, bool speaking = true) noexcept {
    selection_.speaking[RoomView(view_).candidates().index_of(candidate)] = speaking ? 1 : 0;
  }
  void set_dominant(uint64_t track) noexcept { selection_.dominant = track; }

  /// Fills the listener's slots with the candidates for which wanted(candidate) is true. Candidates
  /// in a slot keep it; free slots go to the others in their order. Leaves out muted and blocked
  /// candidates and the listener's own, and keeps to max_speakers.
  template <class Wanted>
  void fill(const veche_listener& listener, Wanted&& wanted) noexcept {
    const RoomView room(view_);
    const auto fits = [&](const veche_candidate& candidate, const veche_slot& slot) {
      return candidate.kind == slot.kind && candidate.participant != listener.participant &&
             (candidate.flags & VECHE_CANDIDATE_MUTED) == 0 &&
             (room.preference(listener, candidate.participant) & VECHE_PREFER_BLOCKED) == 0 &&
             wanted(candidate);
    };
    uint32_t left = listener.max_speakers != 0 ? listener.max_speakers : UINT32_MAX;
    const auto take = [&](const veche_slot& slot) {
      return slot.kind != VECHE_KIND_AUDIO || (left > 0 && left-- > 0);
    };
    const auto all = slots(listener);
    for (veche_slot& slot : all) {
      const veche_candidate* now = room.find(slot.track);
      if (now == nullptr || !fits(*now, slot) || !take(slot)) slot.track = 0;
    }
    for (veche_slot& slot : all) {
      if (slot.track != 0 || (slot.kind == VECHE_KIND_AUDIO && left == 0)) continue;
      for (const veche_candidate& candidate : room.candidates()) {
        const auto has_it = [&](const veche_slot& s) { return s.track == candidate.track; };
        if (!fits(candidate, slot) || std::any_of(all.begin(), all.end(), has_it)) continue;
        slot.track = candidate.track;
        take(slot);
        break;
      }
    }
  }

 private:
  const veche_room_view& view_;
  veche_selection& selection_;
};

}  // namespace veche
