// SPDX-License-Identifier: Apache-2.0
// Plays the host's part of a tick: candidates from arrived packets, listeners from their current
// slots.
#include "simulated_room.hpp"

#include <algorithm>

namespace veche::forwarding::test {
namespace {

/// The clock does not start at 0, like any monotonic clock.
constexpr int64_t kStartNs = ms_to_ns(1'000'000);

}  // namespace

size_t SimulatedRoom::join(const Script& script, Network network, size_t slots) {
  const size_t number = people_.size();
  Person person;
  person.participant = 1000 + number;
  person.track = 2000 + number;
  person.frames = script.frames();
  person.slots.assign(slots, 0);
  const int phase_ms = draw(kFrameMs);
  int last_ms = 0;
  for (size_t i = 0; i < person.frames.size(); ++i) {
    const bool lost = !person.frames[i].sent || draw(100) < network.loss_percent;
    // A frame is sent at its end, and packets do not overtake each other.
    const int arrival_ms =
        static_cast<int>(i + 1) * kFrameMs + phase_ms + draw(network.jitter_ms + 1);
    last_ms = std::max(last_ms, arrival_ms);
    person.arrivals_ms.push_back(lost ? -1 : last_ms);
  }
  people_.push_back(std::move(person));
  next_frame_.push_back(0);
  switches_.push_back(0);
  candidates_.push_back({});
  return number;
}

int SimulatedRoom::arrival_ms(size_t number, int frame_begin_ms) const {
  const Person& person = people_[number];
  for (auto frame = static_cast<size_t>(frame_begin_ms / kFrameMs); frame < person.frames.size();
       ++frame) {
    if (person.arrivals_ms[frame] >= 0) return person.arrivals_ms[frame];
  }
  return -1;
}

bool SimulatedRoom::hears(size_t listener, size_t speaker) const {
  const auto& slots = people_[listener].slots;
  return std::find(slots.begin(), slots.end(), people_[speaker].track) != slots.end();
}

void SimulatedRoom::run_until(int ms) {
  while (now_ms_ < ms) tick();
}

void SimulatedRoom::tick() {
  now_ms_ += kFrameMs;
  fill_candidates();
  fill_listeners();
  veche_room_view view{};
  view.struct_size = sizeof view;
  view.candidate_stride = sizeof(veche_candidate);
  view.listener_stride = sizeof(veche_listener);
  view.preference_stride = sizeof(veche_preference);
  view.slot_stride = sizeof(veche_slot);
  view.room = 1;
  view.now_ns = kStartNs + ms_to_ns(now_ms_);
  view.candidates = candidates_.data();
  view.listeners = listeners_.data();
  view.preferences = preferences_.data();
  view.candidate_count = static_cast<uint32_t>(candidates_.size());
  view.listener_count = static_cast<uint32_t>(listeners_.size());
  view.preference_count = static_cast<uint32_t>(preferences_.size());
  view.slot_count = static_cast<uint32_t>(slots_.size());
  std::vector<veche_slot> slots = slots_;
  speaking_.assign(candidates_.size(), 0);
  veche_selection selection{};
  selection.struct_size = sizeof selection;
  selection.slots = slots.data();
  selection.speaking = speaking_.data();
  selector_.select(view, selection);
  take_over(slots);
  if (dominant_ != 0 && selection.dominant != dominant_) ++dominant_changes_;
  dominant_ = selection.dominant;
}

void SimulatedRoom::fill_candidates() {
  for (size_t i = 0; i < people_.size(); ++i) {
    const Person& person = people_[i];
    veche_candidate& candidate = candidates_[i];
    candidate.track = person.track;
    candidate.participant = person.participant;
    candidate.kind = VECHE_KIND_AUDIO;
    candidate.flags = person.flags;
    candidate.packets = 0;
    candidate.level = VECHE_LEVEL_SILENCE;
    for (; next_frame_[i] < person.frames.size(); ++next_frame_[i]) {
      const int arrival_ms = person.arrivals_ms[next_frame_[i]];
      if (arrival_ms > now_ms_) break;
      if (arrival_ms < 0) continue;
      ++candidate.packets;
      candidate.last_packet_ns = kStartNs + ms_to_ns(arrival_ms);
      const bool has_levels = (person.flags & VECHE_CANDIDATE_NO_LEVELS) == 0;
      if (has_levels)
        candidate.level = std::min(candidate.level, person.frames[next_frame_[i]].level);
    }
  }
}

void SimulatedRoom::fill_listeners() {
  listeners_.clear();
  preferences_.clear();
  slots_.clear();
  for (const Person& person : people_) {
    veche_listener listener{};
    listener.session = person.participant + 5000;
    listener.participant = person.participant;
    listener.first_slot = static_cast<uint32_t>(slots_.size());
    listener.slot_count = static_cast<uint32_t>(person.slots.size());
    listener.first_preference = static_cast<uint32_t>(preferences_.size());
    listener.preference_count = static_cast<uint32_t>(person.preferences.size());
    listener.max_speakers = person.max_speakers;
    for (const uint64_t track : person.slots) slots_.push_back({track, VECHE_KIND_AUDIO, 0});
    preferences_.insert(preferences_.end(), person.preferences.begin(), person.preferences.end());
    listeners_.push_back(listener);
  }
}

void SimulatedRoom::take_over(const std::vector<veche_slot>& slots) {
  for (size_t i = 0; i < people_.size(); ++i) {
    for (size_t s = 0; s < people_[i].slots.size(); ++s) {
      const uint64_t track = slots[listeners_[i].first_slot + s].track;
      if (track != people_[i].slots[s]) ++switches_[i];
      people_[i].slots[s] = track;
    }
  }
}

}  // namespace veche::forwarding::test
