// SPDX-License-Identifier: Apache-2.0
// Asks the selector, and applies its valid decisions. What the selector sees is made in
// lane_room_views.cpp.
#include "media/lane/lane_room.hpp"

#include <algorithm>
#include <cmath>

#include "base/time.hpp"

namespace veche::media {
namespace {

/// A room without any packet for this long sleeps.
constexpr int64_t kSleepAfterNs = 2 * kNsPerS;
/// The weight of a new level: averages about 100 ms of 20 ms packets.
constexpr float kLevelSmoothing = 0.33f;

}  // namespace

LaneRoom::LaneRoom(std::shared_ptr<RoomFeed> feed, LaneCounters& counters)
    : feed_(std::move(feed)), counters_(counters) {}

void LaneRoom::add_track(std::shared_ptr<TrackFeed> feed) {
  tracks_.push_back(std::move(feed));
  rebuild();
}

void LaneRoom::remove_track(TrackId track) noexcept {
  std::erase_if(tracks_, [&](const auto& feed) { return feed->id == track; });
  rebuild();
}

void LaneRoom::add_listener(SessionId session, ParticipantId participant, uint32_t lane,
                            uint32_t slot_count, uint32_t max_speakers,
                            std::vector<Preference> preferences, bool listening) {
  listeners_.push_back(
      {session, participant, lane, slot_count, max_speakers, std::move(preferences), listening});
  slots_.resize(slots_.size() + slot_count, {0, VECHE_KIND_AUDIO, 0});
  rebuild();
}

void LaneRoom::remove_listener(SessionId session) noexcept {
  size_t first_slot = 0;
  for (auto listener = listeners_.begin(); listener != listeners_.end(); ++listener) {
    if (listener->session == session) {
      const auto first = slots_.begin() + static_cast<ptrdiff_t>(first_slot);
      slots_.erase(first, first + listener->slot_count);
      listeners_.erase(listener);
      break;
    }
    first_slot += listener->slot_count;
  }
  rebuild();
}

void LaneRoom::set_preferences(ParticipantId participant,
                               const std::vector<Preference>& preferences) noexcept {
  for (Listener& listener : listeners_) {
    if (listener.participant == participant) listener.preferences = preferences;
  }
  rebuild();
}

void LaneRoom::set_max_speakers(ParticipantId participant, uint32_t count) noexcept {
  for (Listener& listener : listeners_) {
    if (listener.participant == participant) listener.max_speakers = count;
  }
  rebuild();
}

void LaneRoom::set_listening(ParticipantId participant, bool listening) noexcept {
  fills_.clear();
  size_t slot = 0;
  for (Listener& listener : listeners_) {
    const bool is_it = listener.participant == participant;
    if (is_it) listener.listening = listening;
    for (uint32_t i = 0; i < listener.slot_count; ++i, ++slot) {
      if (!is_it || listening || slots_[slot].track == 0) continue;
      slots_[slot].track = 0;
      fills_.push_back({listener.session, i, TrackId{}, listener.lane});
    }
  }
  rebuild();
}

void LaneRoom::use_settings(const Selector::Settings& settings) noexcept {
  selector_->use_settings(settings);
}

void LaneRoom::use_memory(Selector::Memory& memory) noexcept { selector_->use_memory(memory); }

const veche_candidate* LaneRoom::find_candidate(uint64_t track) const noexcept {
  if (track == 0) return nullptr;
  const auto found = std::find_if(candidates_.begin(), candidates_.end(),
                                  [&](const veche_candidate& c) { return c.track == track; });
  return found == candidates_.end() ? nullptr : &*found;
}

bool LaneRoom::read_meters(int64_t now_ns) noexcept {
  bool any = false;
  for (size_t i = 0; i < tracks_.size(); ++i) {
    TrackFeed& feed = *tracks_[i];
    const LevelMeter::Reading reading = feed.meter.take();
    veche_candidate& candidate = candidates_[i];
    candidate.packets = reading.packets;
    candidate.level = reading.level;
    candidate.last_packet_ns = feed.meter.last_packet_ns();
    candidate.flags =
        (feed.muted.load(std::memory_order_relaxed) ? VECHE_CANDIDATE_MUTED : 0u) |
        (feed.has_levels.load(std::memory_order_relaxed) ? 0u : VECHE_CANDIDATE_NO_LEVELS);
    if (reading.packets > 0) {
      smoothed_[i] += kLevelSmoothing * (static_cast<float>(reading.level) - smoothed_[i]);
      candidate.smoothed_level = static_cast<uint8_t>(std::lround(smoothed_[i]));
      any = true;
      if (reading.level <= kVoiceLevel) count_speech(feed, reading.level);
    }
  }
  if (any) last_activity_ns_ = now_ns;
  return any;
}

/// Shows the selection's mistakes: speech that fills no slot.
void LaneRoom::count_speech(const TrackFeed& feed, uint8_t level) noexcept {
  const bool heard = feed.wanted_lanes.load(std::memory_order_relaxed) != 0;
  SpeechCounters& counters = heard ? counters_.heard : counters_.unheard;
  counters.ns.add(kTickNs);
  counters.decibels.add(kVoiceLevel - level);
}

bool LaneRoom::is_allowed(const Listener& listener, uint64_t track) const noexcept {
  const veche_candidate* candidate = find_candidate(track);
  if (!candidate || !listener.listening || candidate->participant == listener.participant.value ||
      (candidate->flags & VECHE_CANDIDATE_MUTED) != 0 || candidate->kind != VECHE_KIND_AUDIO) {
    return false;
  }
  return std::none_of(listener.preferences.begin(), listener.preferences.end(),
                      [&](const Preference& p) {
                        return p.blocked && p.participant.value == candidate->participant;
                      });
}

/// A track that may no longer be heard leaves its slots at once, regardless of the selector.
void LaneRoom::release_slots() noexcept {
  size_t slot = 0;
  for (const Listener& listener : listeners_) {
    for (uint32_t i = 0; i < listener.slot_count; ++i, ++slot) {
      wanted_[slot] = slots_[slot];
      if (slots_[slot].track != 0 && !is_allowed(listener, slots_[slot].track)) {
        wanted_[slot].track = 0;
      }
    }
  }
}

bool LaneRoom::select(int64_t now_ns) noexcept {
  fills_.clear();
  if (!feed_->awake.load(std::memory_order_relaxed)) return false;
  if (last_activity_ns_ == 0) last_activity_ns_ = now_ns;
  if (!read_meters(now_ns) && now_ns - last_activity_ns_ > kSleepAfterNs) {
    feed_->awake.store(false, std::memory_order_seq_cst);
    // A packet that has just arrived saw the room awake and did not wake it.
    const bool quiet = std::all_of(tracks_.begin(), tracks_.end(),
                                   [](const auto& feed) { return feed->meter.empty(); });
    if (quiet) last_activity_ns_ = 0;
    if (quiet) return false;
    feed_->awake.store(true, std::memory_order_relaxed);
  }
  release_slots();
  std::fill(new_speaking_.begin(), new_speaking_.end(), uint8_t{0});
  veche_room_view view{};
  view.struct_size = sizeof view;
  view.candidate_stride = sizeof(veche_candidate);
  view.listener_stride = sizeof(veche_listener);
  view.preference_stride = sizeof(veche_preference);
  view.slot_stride = sizeof(veche_slot);
  view.room = feed_->id.value;
  view.now_ns = now_ns;
  view.candidates = candidates_.data();
  view.listeners = listener_views_.data();
  view.preferences = preferences_.data();
  view.candidate_count = static_cast<uint32_t>(candidates_.size());
  view.listener_count = static_cast<uint32_t>(listener_views_.size());
  view.preference_count = static_cast<uint32_t>(preferences_.size());
  view.slot_count = static_cast<uint32_t>(wanted_.size());
  veche_selection selection{};
  selection.struct_size = sizeof selection;
  selection.slots = wanted_.data();
  selection.speaking = new_speaking_.data();
  if (selector_) selector_->select(view, selection);
  if (speaking_ != new_speaking_ || dominant_ != selection.dominant) {
    std::swap(speaking_, new_speaking_);
    dominant_ = find_candidate(selection.dominant) ? selection.dominant : 0;
    feed_->version.fetch_add(1, std::memory_order_relaxed);
  }
  apply();
  return true;
}

void LaneRoom::apply() noexcept {
  uint32_t first = 0;
  for (const Listener& listener : listeners_) {
    // Slots that become free go first, so that a track can move from one slot to another in one
    // step.
    for (const bool freeing : {true, false}) {
      for (uint32_t i = 0; i < listener.slot_count; ++i) {
        const bool frees = wanted_[first + i].track == 0;
        if (frees == freeing) apply_slot(listener, first, i);
      }
    }
    first += listener.slot_count;
  }
}

void LaneRoom::apply_slot(const Listener& listener, uint32_t first, uint32_t i) noexcept {
  veche_slot& slot = slots_[first + i];
  uint64_t track = wanted_[first + i].track;
  const bool stays = track == slot.track;
  if (stays && (track == 0 || is_allowed(listener, track))) return;
  const auto begin = slots_.begin() + first;
  const bool twice = track != 0 && !stays &&
                     std::any_of(begin, begin + listener.slot_count,
                                 [&](const veche_slot& s) { return s.track == track; });
  if (track != 0 && (twice || !is_allowed(listener, track))) {
    counters_.bad_selections.add();
    if (slot.track == 0 || is_allowed(listener, slot.track)) return;
    track = 0;
  }
  fills_.push_back({listener.session, i, TrackId{track}, listener.lane});
  slot.track = track;
  feed_->version.fetch_add(1, std::memory_order_relaxed);
}

void LaneRoom::copy(Selection& selection) const {
  size_t slot = 0;
  for (const Listener& listener : listeners_) {
    SessionSlots& slots = selection.sessions.emplace_back();
    slots.session = listener.session;
    for (uint32_t i = 0; i < listener.slot_count; ++i, ++slot) {
      slots.tracks.push_back(TrackId{slots_[slot].track});
    }
  }
  for (size_t i = 0; i < candidates_.size(); ++i) {
    if (speaking_[i] != 0) selection.speaking.push_back(TrackId{candidates_[i].track});
  }
  selection.dominant = TrackId{dominant_};
}

}  // namespace veche::media
