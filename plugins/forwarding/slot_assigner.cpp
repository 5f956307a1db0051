// SPDX-License-Identifier: Apache-2.0
// Fills one listener's slots. Writes only slots that change, so that a track that stays keeps its
// slot.
#include "forwarding/slot_assigner.hpp"

#include <algorithm>

namespace veche::forwarding {

void SlotAssigner::assign(const veche_listener& listener,
                          Strided<const veche_preference> preferences, Strided<veche_slot> slots,
                          uint32_t number) noexcept {
  number_ = number;
  exclude(preferences);
  take_stock(slots, listener.participant);
  const uint32_t wanted = listener.max_speakers != 0 ? listener.max_speakers : max_speakers_;
  limit_ = std::min<size_t>(wanted, place_count_);
  place_pins(preferences, listener.participant);
  // The room's limit says how many talkers there are; the listener's own one what it can carry.
  has_spare_ =
      listener.max_speakers == 0 && limit_ > 1 && pinned_ < limit_ && limit_ < place_count_;
  drop_surplus();
  if (!place_dominant(listener.participant)) place_contenders(listener.participant);
}

void SlotAssigner::exclude(Strided<const veche_preference> preferences) noexcept {
  for (const veche_preference& preference : preferences) {
    if ((preference.flags & VECHE_PREFER_BLOCKED) == 0) continue;
    for (Track* track = table_.first_of_participant(preference.participant); track != nullptr;
         track = table_.next_of_participant(*track)) {
      track->excluded_for = number_;
    }
  }
}

void SlotAssigner::take_stock(Strided<veche_slot> slots, uint64_t own_participant) noexcept {
  place_count_ = in_use_ = pinned_ = 0;
  for (veche_slot& slot : slots) {
    if (slot.kind != VECHE_KIND_AUDIO || place_count_ == kMaxSlots) continue;
    Place& place = places_[place_count_++];
    place = {.slot = &slot, .track = nullptr, .pinned = false};
    Track* track = slot.track != 0 ? table_.find(slot.track) : nullptr;
    const bool stays = track != nullptr && may_hear(*track, own_participant) &&
                       track->placed_for != number_ && may_have_more(*track);
    slot.track = 0;
    if (!stays) continue;
    ++in_use_;
    put(place, track);
  }
}

bool SlotAssigner::may_hear(const Track& track, uint64_t own_participant) const noexcept {
  return track.kind == VECHE_KIND_AUDIO && (track.flags & VECHE_CANDIDATE_MUTED) == 0 &&
         track.participant != own_participant && track.excluded_for != number_;
}

void SlotAssigner::place_pins(Strided<const veche_preference> preferences,
                              uint64_t own_participant) noexcept {
  // Tracks that are heard already come first, so that a new pin does not evict an older one.
  for (const bool placed : {true, false}) {
    for (const veche_preference& preference : preferences) {
      if ((preference.flags & VECHE_PREFER_PINNED) == 0) continue;
      for (Track* track = table_.first_of_participant(preference.participant); track != nullptr;
           track = table_.next_of_participant(*track)) {
        if ((track->placed_for == number_) != placed || !may_hear(*track, own_participant))
          continue;
        if (placed || may_have_more(*track)) place_pin(*track);
      }
    }
  }
}

void SlotAssigner::place_pin(Track& track) noexcept {
  if (pinned_ == limit_) return;
  Place* place = nullptr;
  if (track.placed_for == number_) {
    place = std::find_if(places_, places_ + place_count_,
                         [&](const Place& p) { return p.track == &track; });
  } else if (in_use_ < limit_) {
    place = free_place();
    ++in_use_;
  } else {
    place = weakest_place(nullptr);
  }
  if (place->pinned) return;
  put(*place, &track);
  place->pinned = true;
  ++pinned_;
}

void SlotAssigner::drop_surplus() noexcept {
  const size_t most = limit_ + (has_spare_ ? 1 : 0);
  for (; in_use_ > most; --in_use_) put(*weakest_place(nullptr), nullptr);
  Place* place = in_use_ > limit_ ? surplus_place() : nullptr;
  if (place == nullptr) return;
  put(*place, nullptr);
  --in_use_;
}

SlotAssigner::Place* SlotAssigner::surplus_place() noexcept {
  Place* weakest = weakest_place(nullptr);
  if (weakest->track->standing.phase == Phase::Tentative) return nullptr;
  if (weakest->track->standing.phase != Phase::Talking) return weakest;
  // The interjection has become a turn, and takes a place as an interruption does.
  const Place* newest = weakest;
  for (const Place& place : places()) {
    if (place.track == nullptr || place.pinned) continue;
    if (place.track->standing.talking_for_ns < newest->track->standing.talking_for_ns) {
      newest = &place;
    }
  }
  return weakest_of([&](const Place& place) {
    return !place.pinned && &place != newest && may_be_interrupted(place.track->standing);
  });
}

bool SlotAssigner::place_dominant(uint64_t own_participant) noexcept {
  if (limit_ != 1 || pinned_ != 0 || dominant_ == nullptr ||
      !may_hear(*dominant_, own_participant)) {
    return false;
  }
  if (dominant_->placed_for == number_) return true;
  put(in_use_ != 0 ? *weakest_place(nullptr) : *free_place(), dominant_);
  in_use_ = 1;
  return true;
}

void SlotAssigner::place_contenders(uint64_t own_participant) noexcept {
  for (Track* track : contenders_) {
    if (track->placed_for == number_ || !may_hear(*track, own_participant)) continue;
    Place* place = nullptr;
    if (!may_have_more(*track)) {
      place = own_place(*track);
    } else if (in_use_ < limit_) {
      place = free_place();
      ++in_use_;
    } else {
      place = weakest_place(track);
      const bool is_wanted = place == nullptr || place->track->standing.phase >= Phase::Tentative;
      Place* spare = is_wanted && interjects(track->standing) ? spare_place() : nullptr;
      if (spare != nullptr) {
        place = spare;
        ++in_use_;
      }
    }
    if (place != nullptr) put(*place, track);
  }
}

void SlotAssigner::put(Place& place, Track* track) noexcept {
  if (place.track != nullptr) place.track->placed_for = 0;
  place.track = track;
  place.slot->track = track != nullptr ? track->id : 0;
  if (track != nullptr) track->placed_for = number_;
}

bool SlotAssigner::may_have_more(const Track& track) const noexcept {
  if (track.is_only) return true;
  const auto its_own = std::count_if(places_, places_ + place_count_, [&](const Place& place) {
    return place.track != nullptr && place.track->participant == track.participant;
  });
  return static_cast<uint32_t>(its_own) < slots_per_participant_;
}

SlotAssigner::Place* SlotAssigner::own_place(const Track& track) noexcept {
  return weakest_of([&](const Place& place) {
    return place.track->participant == track.participant &&
           takes_over(track.standing, place.track->standing);
  });
}

SlotAssigner::Place* SlotAssigner::free_place() noexcept {
  return std::find_if(places_, places_ + place_count_,
                      [](const Place& place) { return place.track == nullptr; });
}

SlotAssigner::Place* SlotAssigner::spare_place() noexcept {
  return has_spare_ && in_use_ == limit_ ? free_place() : nullptr;
}

SlotAssigner::Place* SlotAssigner::weakest_place(const Track* challenger) noexcept {
  // Talkers contend for the places of talkers, not for the one in which an interjection is heard
  // beside them: it would be free again at once.
  const bool is_talker = challenger != nullptr && challenger->standing.phase == Phase::Talking;
  const Place* spare = is_talker && in_use_ > limit_ ? weakest_place(nullptr) : nullptr;
  if (spare != nullptr && spare->track->standing.phase != Phase::Tentative) spare = nullptr;
  return weakest_of([&](const Place& place) {
    return !place.pinned && &place != spare &&
           (challenger == nullptr || takes_over(challenger->standing, place.track->standing));
  });
}

template <class May>
SlotAssigner::Place* SlotAssigner::weakest_of(May may_yield) noexcept {
  Place* weakest = nullptr;
  for (Place& place : places()) {
    if (place.track == nullptr || !may_yield(place)) continue;
    if (weakest == nullptr || place.track->standing.strength < weakest->track->standing.strength)
      weakest = &place;
  }
  return weakest;
}

}  // namespace veche::forwarding
