// SPDX-License-Identifier: Apache-2.0
// The rules by which notices merge.
#include "room/notices.hpp"

#include <utility>

namespace veche::room {

void Notices::joined(const std::string& participant) {
  // The client knows a name that left and rejoined: it sees a change.
  auto [pending, is_new] = roster_.try_emplace(participant, Change::Joined);
  if (!is_new && pending->second == Change::Left) pending->second = Change::Changed;
}

void Notices::changed(const std::string& participant) {
  roster_.try_emplace(participant, Change::Changed);
}

void Notices::left(const std::string& participant) {
  auto [pending, is_new] = roster_.try_emplace(participant, Change::Left);
  if (is_new) return;
  if (pending->second == Change::Joined) {
    roster_.erase(pending);
  } else {
    pending->second = Change::Left;
  }
}

void Notices::slots_changed(const std::vector<SlotView>& slots) {
  for (const SlotView& slot : slots) slots_.insert_or_assign(slot.mid, slot);
}

void Notices::slots_restarted(const std::vector<SlotView>& slots) {
  slots_.clear();
  slots_changed(slots);
}

RosterNames Notices::take_roster() {
  RosterNames names;
  for (const auto& [participant, change] : std::exchange(roster_, {})) {
    switch (change) {
      case Change::Joined: names.joined.push_back(participant); break;
      case Change::Changed: names.changed.push_back(participant); break;
      case Change::Left: names.left.push_back(participant); break;
    }
  }
  return names;
}

std::vector<SlotView> Notices::take_slots() {
  std::vector<SlotView> slots;
  for (auto& [mid, slot] : std::exchange(slots_, {})) slots.push_back(slot);
  return slots;
}

std::optional<Speakers> Notices::take_speakers() {
  std::optional<Speakers> speakers = std::exchange(speakers_, std::nullopt);
  if (!speakers || *speakers == told_speakers_) return std::nullopt;
  told_speakers_ = *speakers;
  return speakers;
}

}  // namespace veche::room
