// SPDX-License-Identifier: Apache-2.0
// Open addressing over a dense array; the index is rebuilt only when the candidates have changed.
#include "forwarding/track_table.hpp"

#include <algorithm>

namespace veche::forwarding {
namespace {

/// Fibonacci hashing spreads ids, which count up.
size_t bucket_of(uint64_t id, size_t buckets) {
  return static_cast<size_t>((id * 0x9e3779b97f4a7c15U) >> 32U) % buckets;
}

}  // namespace

// Pages of the arrays are untouched until used, so a small room costs little memory.
TrackTable::TrackTable() : tracks_(new Track[kCapacity]), spare_(new Track[kCapacity]) {
  by_track_.fill(kNone);
  by_participant_.fill(kNone);
}

void TrackTable::follow(std::span<const veche_candidate> candidates) noexcept {
  candidates = candidates.first(std::min<size_t>(candidates.size(), kCapacity));
  if (!same_tracks(candidates)) rebuild(candidates);
  for (size_t i = 0; i < candidates.size(); ++i) tracks_[i].flags = candidates[i].flags;
}

bool TrackTable::same_tracks(std::span<const veche_candidate> candidates) const noexcept {
  if (candidates.size() != count_) return false;
  for (size_t i = 0; i < count_; ++i) {
    if (candidates[i].track != tracks_[i].id) return false;
  }
  return true;
}

void TrackTable::rebuild(std::span<const veche_candidate> candidates) noexcept {
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Track* known = find(candidates[i].track);
    spare_[i] = known != nullptr ? *known : Track{};
    spare_[i].id = candidates[i].track;
    spare_[i].participant = candidates[i].participant;
    spare_[i].kind = candidates[i].kind;
  }
  std::swap(tracks_, spare_);
  count_ = static_cast<uint16_t>(candidates.size());
  by_track_.fill(kNone);
  for (uint16_t i = 0; i < count_; ++i) {
    size_t bucket = bucket_of(tracks_[i].id, kBuckets);
    while (by_track_[bucket] != kNone) bucket = (bucket + 1) % kBuckets;
    by_track_[bucket] = i;
  }
}

Track* TrackTable::find(uint64_t track) noexcept {
  for (size_t bucket = bucket_of(track, kBuckets);; bucket = (bucket + 1) % kBuckets) {
    const uint16_t index = by_track_[bucket];
    if (index == kNone || tracks_[index].id == track) return at(index);
  }
}

void TrackTable::chain_participants() noexcept {
  by_participant_.fill(kNone);
  for (uint16_t i = count_; i-- > 0;) {
    size_t bucket = bucket_of(tracks_[i].participant, kBuckets);
    while (by_participant_[bucket] != kNone &&
           tracks_[by_participant_[bucket]].participant != tracks_[i].participant) {
      bucket = (bucket + 1) % kBuckets;
    }
    tracks_[i].next_of_participant = by_participant_[bucket];
    by_participant_[bucket] = i;
  }
}

Track* TrackTable::first_of_participant(uint64_t participant) noexcept {
  for (size_t bucket = bucket_of(participant, kBuckets);; bucket = (bucket + 1) % kBuckets) {
    const uint16_t index = by_participant_[bucket];
    if (index == kNone || tracks_[index].participant == participant) return at(index);
  }
}

}  // namespace veche::forwarding
