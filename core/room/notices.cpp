// SPDX-License-Identifier: Apache-2.0
// The rules by which notices merge, and when they are repeated.
#include "room/notices.hpp"

#include <algorithm>
#include <utility>

namespace veche::room {

void Notices::slots_changed(const std::vector<SlotView>& slots) {
  for (const SlotView& slot : slots) slots_.insert_or_assign(slot.mid, slot);
}

void Notices::slots_restarted(const std::vector<SlotView>& slots) {
  slots_.clear();
  slots_changed(slots);
}

std::vector<SlotView> Notices::take_slots(uint64_t seq) {
  std::vector<SlotView> slots;
  for (auto& [mid, slot] : std::exchange(slots_, {})) slots.push_back(slot);
  if (!slots.empty()) slots_seq_ = seq;
  return slots;
}

std::optional<Speakers> Notices::take_speakers(uint64_t seq) {
  std::optional<Speakers> speakers = std::exchange(speakers_, std::nullopt);
  if (!speakers || speakers == told_speakers_) return std::nullopt;
  told_speakers_ = speakers;
  speakers_seq_ = seq;
  return speakers;
}

std::optional<PublishHint> Notices::take_hint(uint64_t seq) {
  if (hint_) hint_seq_ = seq;
  return std::exchange(hint_, std::nullopt);
}

std::optional<NetworkQuality> Notices::take_quality(uint64_t seq) {
  if (quality_) quality_seq_ = seq;
  return std::exchange(quality_, std::nullopt);
}

PluginNotices Notices::take_plugins(uint64_t seq) {
  for (const auto& [plugin, json] : plugins_) plugins_seq_[plugin] = seq;
  return std::exchange(plugins_, {});
}

void Notices::add_announcement(Announcement announcement) {
  announcements_.push_back({std::move(announcement)});
  if (announcements_.size() > kMaxAnnouncements) announcements_.pop_front();
}

Announcement Notices::take_announcement(uint64_t seq) {
  const auto due = std::find_if(announcements_.begin(), announcements_.end(),
                                [](const Announced& each) { return each.seq == 0; });
  if (due == announcements_.end()) return nullptr;
  due->seq = seq;
  return due->announcement;
}

void Notices::rewind(uint64_t seq, const Present& present) {
  if (slots_seq_ > seq) slots_restarted(present.slots);
  if (speakers_seq_ > seq) {
    told_speakers_.reset();
    speakers_ = present.speakers;
  }
  if (hint_seq_ > seq) hint_ = present.hint;
  if (quality_seq_ > seq) quality_ = present.quality;
  for (const auto& [plugin, told] : plugins_seq_) {
    if (told <= seq) continue;
    const auto notice = present.notices.find(plugin);
    plugins_[plugin] =
        notice == present.notices.end() ? std::nullopt : std::optional(notice->second);
  }
  for (Announced& each : announcements_) {
    if (each.seq > seq) each.seq = 0;
  }
}

}  // namespace veche::room
