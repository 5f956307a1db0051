// SPDX-License-Identifier: Apache-2.0
// Makes views and checks selections against the rules of veche/selector.h.
#include "synthetic_room.hpp"

#include <algorithm>
#include <cstring>

namespace veche::tool {
namespace {

constexpr uint32_t kUnknownKind = 7;
constexpr size_t kGuard = 4;  ///< Elements behind the end that must not change.
constexpr uint8_t kUntouched = 0xa5;
constexpr uint32_t kNewerFields = 24;  ///< Bytes, in each element of a newer host.

constexpr veche_attribute kHost[] = {{"language", ""}, {"role", "host"}};
constexpr veche_attributes kNoAttributes{nullptr, 0, 0};
constexpr veche_attributes kHostAttributes{kHost, 2, 1};

uint64_t participant_id(size_t index) { return 1000 + index; }

const veche_attributes& attributes_of(uint64_t participant) {
  return participant % 4 == 0 ? kHostAttributes : kNoAttributes;
}

}  // namespace

SyntheticRoom::SyntheticRoom(const RoomShape& shape, uint32_t seed)
    : shape_(shape),
      random_(seed),
      present_(shape.participants, true),
      filled_(shape.participants) {
  for (auto& slots : filled_) {
    for (uint32_t i = 0; i < shape.slots; ++i) {
      const uint32_t kind = shape.strange && i % 3 == 2   ? kUnknownKind
                            : shape.strange && i % 3 == 1 ? VECHE_KIND_VIDEO
                                                          : VECHE_KIND_AUDIO;
      slots.push_back({0, kind, 0});
    }
  }
}

void SyntheticRoom::advance() {
  now_ns_ += chance(5) ? 400'000'000 : 20'000'000;
  for (size_t i = 0; i < present_.size(); ++i) {
    if (chance(3)) present_[i] = !present_[i];
  }
  add_candidates();
  add_listeners();
  connect();
}

void SyntheticRoom::add_candidates() {
  candidates_.clear();
  for (size_t i = 0; i < present_.size(); ++i) {
    if (!present_[i]) continue;
    const uint32_t tracks = shape_.strange ? 3 : 1;
    for (uint32_t t = 0; t < tracks; ++t) {
      veche_candidate candidate{};
      candidate.track = 1'000'000 + i * 10 + t;
      candidate.participant = participant_id(i);
      candidate.kind = t == 0 ? VECHE_KIND_AUDIO : t == 1 ? VECHE_KIND_VIDEO : kUnknownKind;
      candidate.flags = (chance(10) ? VECHE_CANDIDATE_MUTED : 0) |
                        (shape_.strange ? kUnknownFlags : 0) |
                        (i % 7 == 6 ? VECHE_CANDIDATE_NO_LEVELS : 0);
      const bool talks = chance(i % 5 == 0 ? 80 : 10);
      candidate.packets = talks || chance(20) ? 1 : 0;
      candidate.last_packet_ns = candidate.packets ? now_ns_ - 1000 : now_ns_ - 400'000'000;
      candidate.level = talks ? static_cast<uint8_t>(20 + random_() % 40) : VECHE_LEVEL_SILENCE;
      candidate.smoothed_level = talks ? candidate.level : 100;
      candidate.attributes = attributes_of(candidate.participant);
      candidate.tag = i % 3;
      candidates_.push_back(candidate);
    }
  }
  std::shuffle(candidates_.begin(), candidates_.end(), random_);
}

void SyntheticRoom::add_listeners() {
  listeners_.clear();
  preferences_.clear();
  slots_.clear();
  for (size_t i = 0; i < present_.size(); ++i) {
    if (!present_[i]) continue;
    veche_listener listener{};
    listener.session = 5000 + i;
    listener.participant = participant_id(i);
    listener.first_slot = static_cast<uint32_t>(slots_.size());
    listener.slot_count = i % 6 == 5 ? 0 : shape_.slots;
    listener.first_preference = static_cast<uint32_t>(preferences_.size());
    for (uint32_t wish = 0; wish < i % 4; ++wish) {
      const uint32_t flags = chance(50) ? VECHE_PREFER_PINNED : VECHE_PREFER_BLOCKED;
      // Some of them are for participants that are not in the room.
      preferences_.push_back({participant_id((i + wish + 1) % (present_.size() + 2)),
                              flags | (shape_.strange ? kUnknownFlags : 0), 0});
    }
    listener.preference_count =
        static_cast<uint32_t>(preferences_.size()) - listener.first_preference;
    listener.max_speakers = i % 3 == 1 ? 1 : 0;
    listener.attributes = attributes_of(listener.participant);
    listener.tag = i % 3;
    slots_.insert(slots_.end(), filled_[i].begin(), filled_[i].begin() + listener.slot_count);
    listeners_.push_back(listener);
  }
}

void SyntheticRoom::connect() {
  const auto slot_count = static_cast<uint32_t>(slots_.size());
  // Like the host: a track that must not be heard any more has left its slot.
  for (const veche_listener& listener : listeners_) {
    for (uint32_t i = 0; i < listener.slot_count; ++i) {
      veche_slot& slot = slots_[listener.first_slot + i];
      if (!slot_fault(listener, slot).empty()) slot.track = 0;
    }
  }
  speaking_.assign(candidates_.size(), 0);
  speaking_.insert(speaking_.end(), kGuard, kUntouched);
  const uint32_t newer = shape_.strange ? kNewerFields : 0;
  seen_candidates_.assign(candidates_, newer);
  seen_listeners_.assign(listeners_, newer);
  seen_preferences_.assign(preferences_, newer);
  seen_slots_.assign(slots_, newer);
  const uint32_t larger = shape_.strange ? sizeof view_.newer : 0;
  memset(view_.newer, kUntouched, sizeof view_.newer);
  memset(selection_.newer, kUntouched, sizeof selection_.newer);
  view_.known = {static_cast<uint32_t>(sizeof view_.known) + larger,
                 static_cast<uint32_t>(candidates_.size()),
                 static_cast<uint32_t>(listeners_.size()),
                 static_cast<uint32_t>(preferences_.size()),
                 slot_count,
                 seen_candidates_.stride(),
                 seen_listeners_.stride(),
                 seen_preferences_.stride(),
                 seen_slots_.stride(),
                 0,
                 77,
                 now_ns_,
                 seen_candidates_.data(),
                 seen_listeners_.data(),
                 seen_preferences_.data()};
  selection_.known = {static_cast<uint32_t>(sizeof selection_.known) + larger, 0,
                      seen_slots_.data(), speaking_.data(), 0};
}

std::string SyntheticRoom::slot_fault(const veche_listener& listener,
                                      const veche_slot& slot) const {
  if (slot.track == 0) return {};
  const std::string place = "the track " + std::to_string(slot.track) + " in a slot of session " +
                            std::to_string(listener.session) + " ";
  const auto candidate =
      std::find_if(candidates_.begin(), candidates_.end(),
                   [&](const veche_candidate& c) { return c.track == slot.track; });
  if (candidate == candidates_.end()) return place + "is no candidate";
  if (candidate->kind != slot.kind) return place + "is of another kind";
  if (candidate->participant == listener.participant) return place + "is the listener's own";
  if (candidate->flags & VECHE_CANDIDATE_MUTED) return place + "is muted";
  for (uint32_t i = 0; i < listener.preference_count; ++i) {
    const veche_preference& wish = preferences_[listener.first_preference + i];
    if (wish.participant != candidate->participant) continue;
    if (wish.flags & VECHE_PREFER_BLOCKED) return place + "is blocked by the listener";
  }
  for (uint32_t i = 0; i < listener.slot_count; ++i) {
    const veche_slot& other = slots_[listener.first_slot + i];
    if (&other != &slot && other.track == slot.track) return place + "fills two of them";
  }
  return {};
}

std::string SyntheticRoom::find_fault() {
  if (!seen_slots_.is_intact()) {
    return "it wrote behind the end of the slots, or between them: use slot_stride";
  }
  for (size_t i = 0; i < slots_.size(); ++i) slots_[i] = *seen_slots_.at(i);
  for (size_t i = 0; i < kGuard; ++i) {
    if (speaking_[candidates_.size() + i] != kUntouched)
      return "it wrote behind the end of speaking";
  }
  for (size_t i = 0; i < candidates_.size(); ++i) {
    if (speaking_[i] > 1) return "speaking is " + std::to_string(speaking_[i]) + ", not 0 or 1";
  }
  const uint64_t dominant = selection_.known.dominant;
  const auto is_dominant = [&](const veche_candidate& c) { return c.track == dominant; };
  if (dominant != 0 && std::none_of(candidates_.begin(), candidates_.end(), is_dominant))
    return "the dominant track " + std::to_string(dominant) + " is no candidate";
  for (const veche_listener& listener : listeners_) {
    auto& filled = filled_[listener.participant - participant_id(0)];
    for (uint32_t i = 0; i < listener.slot_count; ++i) {
      const veche_slot& slot = slots_[listener.first_slot + i];
      if (slot.kind != filled[i].kind) return "it changed the kind of a slot";
      if (auto fault = slot_fault(listener, slot); !fault.empty()) return fault;
      filled[i].track = slot.track;
    }
  }
  return {};
}

}  // namespace veche::tool
