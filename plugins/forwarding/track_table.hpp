// SPDX-License-Identifier: Apache-2.0
// The state of a room's tracks, found by id, in memory that is allocated beforehand.
#pragma once

#include <veche/selector.h>

#include <memory>
#include <span>
#include <veche/cpp/strided.hpp>

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
  bool is_only;                  ///< Its participant has no other.
};

/// Memory for a number of tracks. Its pages are untouched until used, so a small room costs little.
struct TableMemory {
  static constexpr size_t kMost = 0xfffe;  ///< Indices have 16 bits.

  /// For at most kMost tracks.
  explicit TableMemory(size_t tracks);

  size_t capacity;
  size_t buckets;  ///< A power of two.
  // Two arrays, so that tracks can be reordered without a copy on the stack.
  std::unique_ptr<Track[]> tracks, spare;
  std::unique_ptr<uint16_t[]> by_track, by_participant;
  std::unique_ptr<Track*[]> contenders;
};

/// Tracks are in the order of the host's candidates, which rarely changes. Allocates nothing after
/// construction. One thread.
class TrackTable {
 public:
  /// Enough for most rooms. Larger ones get other memory before they need it.
  static constexpr size_t kFirstCapacity = 512;
  static constexpr uint16_t kNone = 0xffff;

  TrackTable();
  /// Moves into that memory, and leaves its own there. No effect if its tracks do not fit.
  void use_memory(TableMemory& memory) noexcept;
  /// Takes over the ids and flags of the candidates. New tracks begin without a voice, missing ones
  /// are forgotten, and candidates beyond the memory are ignored.
  void follow(Strided<const veche_candidate> candidates) noexcept;
  std::span<Track> tracks() noexcept { return {memory_.tracks.get(), count_}; }
  /// For pointers to as many of them.
  Track** contenders() noexcept { return memory_.contenders.get(); }
  /// Null if there is no such track.
  Track* find(uint64_t track) noexcept;

  Track* first_of_participant(uint64_t participant) noexcept;
  Track* next_of_participant(const Track& track) noexcept { return at(track.next_of_participant); }

 private:
  bool same_tracks(Strided<const veche_candidate> candidates) const noexcept;
  void rebuild(Strided<const veche_candidate> candidates) noexcept;
  void index() noexcept;
  void chain_participants() noexcept;
  Track* at(uint16_t index) noexcept { return index == kNone ? nullptr : &memory_.tracks[index]; }
  size_t bucket_of(uint64_t id) const noexcept;
  size_t next(size_t bucket) const noexcept { return (bucket + 1) & (memory_.buckets - 1); }

  TableMemory memory_;
  uint16_t count_ = 0;
};

}  // namespace veche::forwarding
