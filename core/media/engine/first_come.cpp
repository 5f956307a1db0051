// SPDX-License-Identifier: Apache-2.0
// First come, first served; or nobody.
#include "media/engine/first_come.hpp"

#include <algorithm>
#include <span>

#include "base/time.hpp"

namespace veche::media {
namespace {

constexpr int64_t kRecentNs = kNsPerS;

class FirstComeRoom final : public Selector::RoomState {
 public:
  void use_settings(const Selector::Settings&) noexcept override {}

  void select(const veche_room_view& view, veche_selection& selection) noexcept override {
    for (uint32_t i = 0; i < view.listener_count; ++i) serve(view, view.listeners[i], selection);
    for (uint32_t i = 0; i < view.candidate_count; ++i) {
      selection.speaking[i] = is_sending(view, view.candidates[i]) ? 1 : 0;
    }
  }

 private:
  static bool is_sending(const veche_room_view& view, const veche_candidate& candidate) noexcept {
    return candidate.last_packet_ns != 0 && view.now_ns - candidate.last_packet_ns < kRecentNs &&
           (candidate.flags & VECHE_CANDIDATE_MUTED) == 0;
  }

  static bool is_blocked(const veche_room_view& view, const veche_listener& listener,
                         const veche_candidate& candidate) noexcept {
    const veche_preference* first = view.preferences + listener.first_preference;
    return std::any_of(first, first + listener.preference_count, [&](const veche_preference& p) {
      return p.participant == candidate.participant && (p.flags & VECHE_PREFER_BLOCKED) != 0;
    });
  }

  static bool is_heard(const veche_room_view& view, std::span<const veche_slot> slots,
                       uint64_t participant) noexcept {
    const std::span candidates(view.candidates, view.candidate_count);
    return std::any_of(candidates.begin(), candidates.end(), [&](const veche_candidate& one) {
      return one.participant == participant &&
             std::any_of(slots.begin(), slots.end(),
                         [&](const veche_slot& slot) { return slot.track == one.track; });
    });
  }

  static void serve(const veche_room_view& view, const veche_listener& listener,
                    veche_selection& selection) noexcept {
    veche_slot* first = selection.slots + listener.first_slot;
    const uint32_t limit = listener.max_speakers == 0
                               ? listener.slot_count
                               : std::min(listener.max_speakers, listener.slot_count);
    veche_slot* end = first + limit;
    for (veche_slot* slot = end; slot != first + listener.slot_count; ++slot) slot->track = 0;
    for (uint32_t i = 0; i < view.candidate_count; ++i) {
      const veche_candidate& candidate = view.candidates[i];
      if (candidate.participant == listener.participant || !is_sending(view, candidate) ||
          is_blocked(view, listener, candidate)) {
        continue;
      }
      const auto has = [&](uint64_t track) {
        return [track](const veche_slot& slot) { return slot.track == track; };
      };
      if (std::any_of(first, end, has(candidate.track))) continue;
      veche_slot* free = std::find_if(first, end, has(0));
      if (free == end) return;
      // One slot for each participant.
      const std::span<const veche_slot> slots(first, end);
      if (!is_heard(view, slots, candidate.participant)) free->track = candidate.track;
    }
  }
};

class SilentRoom final : public Selector::RoomState {
 public:
  void use_settings(const Selector::Settings&) noexcept override {}
  void select(const veche_room_view& view, veche_selection& selection) noexcept override {
    for (uint32_t i = 0; i < view.slot_count; ++i) selection.slots[i].track = 0;
  }
};

}  // namespace

Result<std::unique_ptr<Selector::Settings>> FirstComeSelector::make_settings(
    const std::string& json) {
  if (json != "{}") return invalid("no plugin selects speakers, so there is nothing to set");
  return std::make_unique<Settings>();
}

Result<std::unique_ptr<Selector::RoomState>> FirstComeSelector::open(const Settings&) {
  if (is_silent_) return std::unique_ptr<RoomState>(std::make_unique<SilentRoom>());
  return std::unique_ptr<RoomState>(std::make_unique<FirstComeRoom>());
}

}  // namespace veche::media
