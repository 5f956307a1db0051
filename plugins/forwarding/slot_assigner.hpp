// SPDX-License-Identifier: Apache-2.0
// Decides which tracks fill the slots of one listener: the listener's pins first, then speakers,
// with as few changes as possible.
#pragma once

#include <veche/selector.h>

#include <span>
#include <veche/cpp/strided.hpp>

#include "forwarding/track_table.hpp"

namespace veche::forwarding {

/// Made for one tick; assign() once for each listener.
class SlotAssigner {
 public:
  /// `contenders`: the tracks that want to be heard, the strongest first. `dominant`: the main
  /// speaker; null while it has no voice. The limits are the room's.
  SlotAssigner(TrackTable& table, std::span<Track* const> contenders, Track* dominant,
               uint32_t max_speakers, uint32_t slots_per_participant) noexcept
      : table_(table),
        contenders_(contenders),
        dominant_(dominant),
        max_speakers_(max_speakers),
        slots_per_participant_(slots_per_participant) {}

  /// Changes only the audio slots of this listener. `number` is not 0, and differs for each
  /// listener and tick in the life of the table.
  void assign(const veche_listener& listener, Strided<const veche_preference> preferences,
              Strided<veche_slot> slots, uint32_t number) noexcept;

 private:
  /// A listener's audio slots while they are being filled. Slots beyond kMaxSlots do not change.
  struct Place {
    veche_slot* slot;
    Track* track;  ///< Null: free.
    bool pinned;
  };
  static constexpr size_t kMaxSlots = 64;

  void exclude(Strided<const veche_preference> preferences) noexcept;
  void take_stock(Strided<veche_slot> slots, uint64_t own_participant) noexcept;
  void place_pins(Strided<const veche_preference> preferences, uint64_t own_participant) noexcept;
  void place_pin(Track& track) noexcept;
  void drop_surplus() noexcept;
  /// Of one track more than the limit: the place that ends it; null while it is an interjection.
  Place* surplus_place() noexcept;
  /// A listener that hears one track hears the main speaker. False if that is not for it.
  bool place_dominant(uint64_t own_participant) noexcept;
  void place_contenders(uint64_t own_participant) noexcept;
  void put(Place& place, Track* track) noexcept;
  bool may_hear(const Track& track, uint64_t own_participant) const noexcept;
  /// The track's participant may have one more slot.
  bool may_have_more(const Track& track) const noexcept;
  Place* free_place() noexcept;
  /// The weakest slot of the track's own participant that yields to it; null: none.
  Place* own_place(const Track& track) noexcept;
  /// The slot where an interjection is heard beside all others; null: there is none.
  Place* spare_place() noexcept;
  /// The weakest slot that is not pinned, with a challenger: of those that yield to it; to a talker
  /// the slot of an interjection does not. Null if there is none.
  Place* weakest_place(const Track* challenger) noexcept;
  /// Of the places with a track for which may_yield(place) is true; null: there is none.
  template <class May>
  Place* weakest_of(May may_yield) noexcept;
  std::span<Place> places() noexcept { return {places_, place_count_}; }

  TrackTable& table_;
  std::span<Track* const> contenders_;
  Track* dominant_;
  uint32_t max_speakers_, slots_per_participant_;
  Place places_[kMaxSlots];
  size_t place_count_ = 0, limit_ = 0, in_use_ = 0, pinned_ = 0;
  bool has_spare_ = false;  ///< One slot more than the limit may be in use.
  uint32_t number_ = 0;
};

}  // namespace veche::forwarding
