// SPDX-License-Identifier: Apache-2.0
// Makes what a selector sees of a room, when tracks, listeners or attributes change, so that a tick
// only updates numbers.
#include <algorithm>

#include "media/lane/lane_room.hpp"

namespace veche::media {
namespace {

uint32_t abi_kind(sdp::MediaKind kind) {
  return kind == sdp::MediaKind::Audio ? VECHE_KIND_AUDIO : VECHE_KIND_VIDEO;
}

}  // namespace

void LaneRoom::swap_attributes(ParticipantId participant,
                               std::shared_ptr<const Attributes>& attributes) noexcept {
  std::swap(attributes_[participant], attributes);
  if (!attributes_[participant]) attributes_.erase(participant);
  rebuild_attributes();
}

void LaneRoom::rebuild() {
  rebuild_candidates();
  rebuild_listeners();
  rebuild_attributes();
  wanted_ = slots_;
  fills_.reserve(slots_.size());  // Avoids allocation in ticks.
  feed_->version.fetch_add(1, std::memory_order_relaxed);
}

void LaneRoom::rebuild_candidates() {
  std::vector<veche_candidate> candidates;
  std::vector<float> smoothed;
  std::vector<uint8_t> speaking;
  for (const auto& feed : tracks_) {
    veche_candidate candidate{};
    candidate.track = feed->id.value;
    candidate.participant = feed->participant.value;
    candidate.kind = abi_kind(feed->kind);
    candidate.level = candidate.smoothed_level = VECHE_LEVEL_SILENCE;
    const veche_candidate* old = find_candidate(candidate.track);
    const size_t index = old ? static_cast<size_t>(old - candidates_.data()) : 0;
    candidates.push_back(old ? *old : candidate);
    smoothed.push_back(old ? smoothed_[index] : float{VECHE_LEVEL_SILENCE});
    speaking.push_back(old ? speaking_[index] : uint8_t{0});
  }
  candidates_ = std::move(candidates);
  smoothed_ = std::move(smoothed);
  speaking_ = std::move(speaking);
  new_speaking_.assign(speaking_.size(), 0);
  if (!find_candidate(dominant_)) dominant_ = 0;
}

void LaneRoom::rebuild_listeners() {
  listener_views_.clear();
  preferences_.clear();
  uint32_t first_slot = 0;
  for (const Listener& listener : listeners_) {
    veche_listener view{};
    view.session = listener.session.value;
    view.participant = listener.participant.value;
    view.first_slot = first_slot;
    // The selector has nothing to decide for a participant that does not listen.
    view.slot_count = listener.listening ? listener.slot_count : 0;
    view.first_preference = static_cast<uint32_t>(preferences_.size());
    view.preference_count = static_cast<uint32_t>(listener.preferences.size());
    view.max_speakers = listener.max_speakers;
    for (const Preference& preference : listener.preferences) {
      preferences_.push_back({preference.participant.value,
                              (preference.pinned ? VECHE_PREFER_PINNED : 0u) |
                                  (preference.blocked ? VECHE_PREFER_BLOCKED : 0u),
                              0});
    }
    listener_views_.push_back(view);
    first_slot += listener.slot_count;
  }
}

void LaneRoom::rebuild_attributes() {
  candidate_attributes_.clear();
  for (const veche_candidate& candidate : candidates_) {
    candidate_attributes_.push_back(attributes_of(candidate.participant));
  }
  listener_attributes_.clear();
  for (const Listener& listener : listeners_) {
    listener_attributes_.push_back(attributes_of(listener.participant.value));
  }
}

veche_attributes LaneRoom::attributes_of(uint64_t participant) const noexcept {
  const auto found = attributes_.find(ParticipantId{participant});
  return found == attributes_.end() ? veche_attributes{} : found->second->view();
}

}  // namespace veche::media
