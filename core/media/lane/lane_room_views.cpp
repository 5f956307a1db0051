// SPDX-License-Identifier: Apache-2.0
// Makes what a selector sees of a room, when tracks, listeners, attributes or tags change, so that
// a tick only updates numbers.
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
  std::swap(marks_[participant].attributes, attributes);
  forget_unmarked(participant);
  rebuild_marks();
}

void LaneRoom::set_tag(ParticipantId participant, uint64_t tag) noexcept {
  marks_[participant].tag = tag;
  forget_unmarked(participant);
  rebuild_marks();
}

void LaneRoom::swap_selector(std::unique_ptr<Selector::RoomState>& selector) noexcept {
  std::swap(selector_, selector);
  for (auto& [participant, marks] : marks_) marks.tag = 0;
  std::erase_if(marks_, [](const auto& each) { return !each.second.attributes; });
  rebuild_marks();
}

void LaneRoom::forget_unmarked(ParticipantId participant) noexcept {
  const Marks& marks = marks_[participant];
  if (!marks.attributes && marks.tag == 0) marks_.erase(participant);
}

void LaneRoom::rebuild() {
  rebuild_candidates();
  rebuild_listeners();
  rebuild_marks();
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

void LaneRoom::rebuild_marks() noexcept {
  for (veche_candidate& candidate : candidates_) show_marks(candidate);
  for (veche_listener& listener : listener_views_) show_marks(listener);
}

template <class Seen>
void LaneRoom::show_marks(Seen& seen) const noexcept {
  const auto found = marks_.find(ParticipantId{seen.participant});
  const bool has_any = found != marks_.end();
  seen.tag = has_any ? found->second.tag : 0;
  seen.attributes =
      has_any && found->second.attributes ? found->second.attributes->view() : veche_attributes{};
}

}  // namespace veche::media
