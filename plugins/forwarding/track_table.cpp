// SPDX-License-Identifier: Apache-2.0
// Open addressing over a dense array; the index is rebuilt only when the candidates have changed.
#include "forwarding/track_table.hpp"

#include <algorithm>
#include <bit>

namespace veche::forwarding {

TableMemory::TableMemory(size_t count)
    : capacity(std::min(count, kMost)),
      buckets(std::bit_ceil(2 * std::max<size_t>(capacity, 1))),
      tracks(new Track[capacity]),
      spare(new Track[capacity]),
      by_track(new uint16_t[buckets]),
      by_participant(new uint16_t[buckets]),
      contenders(new Track*[capacity]) {}

TrackTable::TrackTable() : memory_(kFirstCapacity) { index(); }

void TrackTable::use_memory(TableMemory& memory) noexcept {
  if (memory.capacity < count_) return;
  std::copy_n(memory_.tracks.get(), count_, memory.tracks.get());
  std::swap(memory_, memory);
  index();
}

void TrackTable::follow(Strided<const veche_candidate> candidates) noexcept {
  candidates = candidates.part(0, std::min(candidates.size(), memory_.capacity));
  if (!same_tracks(candidates)) rebuild(candidates);
  for (size_t i = 0; i < candidates.size(); ++i) memory_.tracks[i].flags = candidates[i].flags;
}

bool TrackTable::same_tracks(Strided<const veche_candidate> candidates) const noexcept {
  if (candidates.size() != count_) return false;
  for (size_t i = 0; i < count_; ++i) {
    if (candidates[i].track != memory_.tracks[i].id) return false;
  }
  return true;
}

void TrackTable::rebuild(Strided<const veche_candidate> candidates) noexcept {
  for (size_t i = 0; i < candidates.size(); ++i) {
    Track& track = memory_.spare[i];
    const Track* known = find(candidates[i].track);
    track = known != nullptr ? *known : Track{};
    track.id = candidates[i].track;
    track.participant = candidates[i].participant;
    track.kind = candidates[i].kind;
  }
  std::swap(memory_.tracks, memory_.spare);
  count_ = static_cast<uint16_t>(candidates.size());
  index();
}

void TrackTable::index() noexcept {
  uint16_t* by_track = memory_.by_track.get();
  std::fill_n(by_track, memory_.buckets, kNone);
  for (uint16_t i = 0; i < count_; ++i) {
    size_t bucket = bucket_of(memory_.tracks[i].id);
    while (by_track[bucket] != kNone) bucket = next(bucket);
    by_track[bucket] = i;
  }
  chain_participants();
}

void TrackTable::chain_participants() noexcept {
  uint16_t* by_participant = memory_.by_participant.get();
  std::fill_n(by_participant, memory_.buckets, kNone);
  for (uint16_t i = count_; i-- > 0;) {
    Track& track = memory_.tracks[i];
    size_t bucket = bucket_of(track.participant);
    while (by_participant[bucket] != kNone &&
           at(by_participant[bucket])->participant != track.participant) {
      bucket = next(bucket);
    }
    track.next_of_participant = by_participant[bucket];
    track.is_only = track.next_of_participant == kNone;
    if (!track.is_only) at(track.next_of_participant)->is_only = false;
    by_participant[bucket] = i;
  }
}

Track* TrackTable::find(uint64_t track) noexcept {
  for (size_t bucket = bucket_of(track);; bucket = next(bucket)) {
    const uint16_t index = memory_.by_track[bucket];
    if (index == kNone || memory_.tracks[index].id == track) return at(index);
  }
}

Track* TrackTable::first_of_participant(uint64_t participant) noexcept {
  for (size_t bucket = bucket_of(participant);; bucket = next(bucket)) {
    const uint16_t index = memory_.by_participant[bucket];
    if (index == kNone || memory_.tracks[index].participant == participant) return at(index);
  }
}

/// Fibonacci hashing spreads ids, which count up.
size_t TrackTable::bucket_of(uint64_t id) const noexcept {
  return static_cast<size_t>((id * 0x9e3779b97f4a7c15U) >> 32U) & (memory_.buckets - 1);
}

}  // namespace veche::forwarding
