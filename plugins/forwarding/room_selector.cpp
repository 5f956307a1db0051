// SPDX-License-Identifier: Apache-2.0
// One tick of a room: listen, rank, assign, choose the dominant speaker.
#include "forwarding/room_selector.hpp"

#include <algorithm>
#include <veche/cpp/room_view.hpp>

#include "forwarding/slot_assigner.hpp"

namespace veche::forwarding {
namespace {

/// The id breaks ties, because the order of candidates means nothing.
bool is_stronger(const Track& a, const Track& b) {
  return a.standing.strength != b.standing.strength ? a.standing.strength > b.standing.strength
                                                    : a.id < b.id;
}

}  // namespace

void RoomSelector::use_settings(const Settings& settings) noexcept {
  tuning_ = {.gate_loudness = loudness_of_dbov(settings.noise_gate_dbov),
             .hangover_ns = ms_to_ns(settings.hangover_ms)};
  max_speakers_ = static_cast<uint32_t>(settings.max_speakers);
  slots_per_participant_ = static_cast<uint32_t>(settings.slots_per_participant);
}

void RoomSelector::select(const veche_room_view& view, veche_selection& selection) noexcept {
  table_.follow(RoomView(view).candidates());
  listen(view, selection.speaking);
  const std::span<Track* const> contenders = find_contenders();
  selection.dominant = choose_dominant(contenders);
  assign_slots(view, contenders, selection);
}

void RoomSelector::listen(const veche_room_view& view, uint8_t* speaking) noexcept {
  const std::span<Track> tracks = table_.tracks();
  const Strided<const veche_candidate> candidates = RoomView(view).candidates();
  for (size_t i = 0; i < tracks.size(); ++i) {
    Track& track = tracks[i];
    const veche_candidate& candidate = candidates[i];
    const bool has_levels = (candidate.flags & VECHE_CANDIDATE_NO_LEVELS) == 0;
    const uint8_t level = std::min<uint8_t>(candidate.level, VECHE_LEVEL_SILENCE);
    if (candidate.kind != VECHE_KIND_AUDIO || (candidate.flags & VECHE_CANDIDATE_MUTED) != 0) {
      track.voice.silence();
    } else {
      track.voice.update({.now_ns = view.now_ns,
                          .last_packet_ns = candidate.last_packet_ns,
                          .packets = candidate.packets,
                          .loudness = static_cast<uint8_t>(VECHE_LEVEL_SILENCE - level),
                          .has_levels = has_levels},
                         tuning_);
    }
    track.standing = standing_of(track.voice, has_levels, view.now_ns, tuning_);
    speaking[i] = is_speaking(track.standing) ? 1 : 0;
  }
}

std::span<Track* const> RoomSelector::find_contenders() noexcept {
  Track** contenders = table_.contenders();
  size_t count = 0;
  for (Track& track : table_.tracks()) {
    // Tracks that could fill no slot must not keep others out of the list.
    if (!track.standing.voiced || (!track.is_only && !is_among_strongest(track))) continue;
    contenders[count++] = &track;
  }
  const size_t kept = std::min(count, kMaxContenders);
  std::partial_sort(contenders, contenders + kept, contenders + count,
                    [](const Track* a, const Track* b) { return is_stronger(*a, *b); });
  return {contenders, kept};
}

/// Of its participant's tracks.
bool RoomSelector::is_among_strongest(const Track& track) noexcept {
  uint32_t stronger = 0;
  for (const Track* other = table_.first_of_participant(track.participant); other != nullptr;
       other = table_.next_of_participant(*other)) {
    if (other != &track && other->standing.voiced && is_stronger(*other, track)) ++stronger;
  }
  return stronger < slots_per_participant_;
}

void RoomSelector::assign_slots(const veche_room_view& view, std::span<Track* const> contenders,
                                veche_selection& selection) noexcept {
  Track* dominant = dominant_ != 0 ? table_.find(dominant_) : nullptr;
  if (dominant != nullptr && !dominant->standing.voiced) dominant = nullptr;
  SlotAssigner assigner(table_, contenders, dominant, max_speakers_, slots_per_participant_);
  const RoomView room(view);
  const Assignments assignments(view, selection);
  for (const veche_listener& listener : room.listeners()) {
    // 0 is reserved for tracks that no listener hears.
    if (++listener_number_ == 0) ++listener_number_;
    assigner.assign(listener, room.preferences(listener), assignments.slots(listener),
                    listener_number_);
  }
}

uint64_t RoomSelector::choose_dominant(std::span<Track* const> contenders) noexcept {
  const Track* holder = dominant_ != 0 ? table_.find(dominant_) : nullptr;
  if (holder != nullptr && (holder->flags & VECHE_CANDIDATE_MUTED) != 0) holder = nullptr;
  for (const Track* challenger : contenders) {
    if (!is_speaking(challenger->standing)) continue;
    if (holder == nullptr || takes_over(challenger->standing, holder->standing)) {
      holder = challenger;
      break;
    }
  }
  dominant_ = holder != nullptr ? holder->id : 0;
  return dominant_;
}

}  // namespace veche::forwarding
