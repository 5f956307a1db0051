// SPDX-License-Identifier: Apache-2.0
// The state of a room's tracks, found by id, in memory that is allocated once.
#pragma once

#include <veche/selector.h>

#include <array>
#include <memory>
#include <span>

#include "forwarding/challenge.hpp"
#include "forwarding/voice_activity.hpp"

namespace veche::forwarding {

struct Track {
  uint64_t id, participant;
  uint32_t kind, flags;
  VoiceActivity voice;
  Standing standing;
  /// The listeners (by their running number) for whom the track last filled a slot, and was last
  /// ruled out.
  uint32_t placed_for, excluded_for;
  uint16_t next_of_participant;  ///< kNone ends the chain.
};

/// Tracks are in the order of the host's candidates, which rarely changes. Allocates nothing after
/// construction. One thread.
class TrackTable {
 public:
  static constexpr uint16_t kCapacity = 512;
  static constexpr uint16_t kNone = 0xffff;

  TrackTable();
  /// Takes over the ids and flags of the candidates. New tracks begin without a voice, missing ones
  /// are forgotten, and candidates beyond kCapacity are ignored.
  void follow(std::span<const veche_candidate> candidates) noexcept;
  std::span<Track> tracks() noexcept { return {tracks_.get(), count_}; }
  /// Null if there is no such track.
  Track* find(uint64_t track) noexcept;

  /// Chains the tracks of each participant: call it before first_of_participant(), after follow().
  void chain_participants() noexcept;
  Track* first_of_participant(uint64_t participant) noexcept;
  Track* next_of_participant(const Track& track) noexcept { return at(track.next_of_participant); }

 private:
  static constexpr size_t kBuckets = size_t{2} * kCapacity;
  using Index = std::array<uint16_t, kBuckets>;

  bool same_tracks(std::span<const veche_candidate> candidates) const noexcept;
  void rebuild(std::span<const veche_candidate> candidates) noexcept;
  Track* at(uint16_t index) noexcept { return index == kNone ? nullptr : &tracks_[index]; }

  // Two arrays, so that tracks can be reordered without a copy on the stack.
  std::unique_ptr<Track[]> tracks_, spare_;
  uint16_t count_ = 0;
  Index by_track_, by_participant_;
};

}  // namespace veche::forwarding
