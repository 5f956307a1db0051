// SPDX-License-Identifier: Apache-2.0
// The selection of one room: decides at every tick which tracks are heard, speak, and dominate.
#pragma once

#include <veche/selector.h>

#include <span>

#include "forwarding/settings.hpp"
#include "forwarding/track_table.hpp"

namespace veche::forwarding {

/// Made and destroyed on control; in between one thread at a time uses it, without an allocation.
class RoomSelector {
 public:
  explicit RoomSelector(const Settings& settings) noexcept { use_settings(settings); }
  void use_settings(const Settings& settings) noexcept;
  /// See TrackTable.
  void use_memory(TableMemory& memory) noexcept { table_.use_memory(memory); }
  void select(const veche_room_view& view, veche_selection& selection) noexcept;

 private:
  /// More than any listener's slots, so that the listener's own, pinned and blocked tracks do not
  /// matter.
  static constexpr size_t kMaxContenders = 32;

  void listen(const veche_room_view& view, uint8_t* speaking) noexcept;
  std::span<Track* const> find_contenders() noexcept;
  bool is_among_strongest(const Track& track) noexcept;
  /// After choose_dominant().
  void assign_slots(const veche_room_view& view, std::span<Track* const> contenders,
                    veche_selection& selection) noexcept;
  uint64_t choose_dominant(std::span<Track* const> contenders) noexcept;

  TrackTable table_;
  Tuning tuning_{};
  uint32_t max_speakers_ = 0, slots_per_participant_ = 1;
  uint32_t listener_number_ = 0;
  uint64_t dominant_ = 0;
};

}  // namespace veche::forwarding
