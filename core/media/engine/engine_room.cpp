// SPDX-License-Identifier: Apache-2.0
// Turns control's requests for a room into commands to its home lane.
#include "media/engine/engine_room.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"

namespace veche::media {

EngineRoom::EngineRoom(std::shared_ptr<RoomLanes> lanes, PeerSessions& sessions,
                       std::function<void(EngineRoom&)> closed)
    : lanes_(std::move(lanes)),
      sessions_(sessions),
      closed_(std::move(closed)),
      alive_(std::make_shared<bool>(true)) {
  assert(is_on_control());
  lanes_->make_space = [this](size_t tracks) { make_space(tracks); };
  // The room exists, silent, until it has a selector.
  lanes_->home->post(make_command(
      [room = std::make_unique<LaneRoom>(lanes_->feed, lanes_->home->counters())](
          Lane& home) mutable noexcept { home.switchboard().add_room(room, home.now_ns()); }));
}

EngineRoom::~EngineRoom() {
  lanes_->make_space = nullptr;
  // The command returns the lane's state, which control frees, the settings last.
  struct Removed {
    std::shared_ptr<Selector::Settings> settings;
    std::unique_ptr<LaneRoom> room;
  };
  auto removed = std::make_shared<Removed>();
  removed->settings = std::move(settings_);
  lanes_->home->post(make_command([removed, id = id()](Lane& home) noexcept {
    removed->room = home.switchboard().remove_room(id);
  }));
  closed_(*this);
}

std::shared_ptr<Selector::Memory> EngineRoom::make_memory(size_t tracks) {
  space_ = std::max<size_t>(Selector::kFirstCandidates, std::bit_ceil(tracks));
  if (space_ == Selector::kFirstCandidates) return nullptr;
  auto made = selector_->make_memory(static_cast<uint32_t>(space_));
  if (made) return std::move(*made);
  log::error("media", "the selector has no memory for the " + std::to_string(space_) +
                          " tracks of room " + std::to_string(id().value) +
                          ", and ignores some: " + made.error().message);
  return nullptr;
}

void EngineRoom::make_space(size_t tracks) {
  assert(is_on_control());
  if (tracks <= space_ || !selector_) return;
  const std::shared_ptr<Selector::Memory> memory = make_memory(tracks);
  if (!memory) return;
  // Control frees what the lane leaves in it.
  for_home([memory](LaneRoom& room) noexcept { room.use_memory(*memory); });
}

template <class Change>
void EngineRoom::for_home(Change change) {
  lanes_->home->post(make_command([id = id(), change](Lane& home) mutable noexcept {
    if (LaneRoom* room = home.switchboard().find_room(id)) change(*room);
  }));
}

Status EngineRoom::use_selector(Selector& selector, std::shared_ptr<void> latch) {
  assert(is_on_control());
  // Its own configuration was checked when the plugin was loaded.
  auto settings = selector.make_settings("{}");
  if (!settings) return settings.error();
  auto state = selector.open(**settings);
  if (!state) return state.error();
  // Control frees both, the settings last, before it releases the latch.
  struct Change {
    std::shared_ptr<void> latch;
    std::shared_ptr<Selector::Settings> old_settings;
    std::shared_ptr<Selector::Memory> memory;
    std::unique_ptr<Selector::RoomState> state;
  };
  auto change = std::make_shared<Change>();
  change->latch = std::move(latch);
  change->old_settings = std::exchange(settings_, std::move(*settings));
  change->state = std::move(*state);
  selector_ = &selector;
  forget_tags();
  change->memory = make_memory(lanes_->tracks.size());
  lanes_->home->post(make_command([change, id = id()](Lane& home) noexcept {
    if (change->memory) change->state->use_memory(*change->memory);
    if (LaneRoom* room = home.switchboard().find_room(id)) room->swap_selector(change->state);
  }));
  return Ok{};
}

Status EngineRoom::use_selector_settings(const std::string& json) {
  assert(is_on_control());
  auto made = selector_->make_settings(json);
  if (!made) return made.error();
  // The old settings live until the lane has the new ones.
  std::shared_ptr<Selector::Settings> old = std::move(settings_);
  settings_ = std::move(*made);
  lanes_->home->post(make_command(
      [id = id(), settings = settings_](Lane& home) noexcept {
        if (LaneRoom* room = home.switchboard().find_room(id)) room->use_settings(*settings);
      },
      [old] {}));
  return Ok{};
}

std::shared_ptr<Session> EngineRoom::open_session(SessionRequest request, SessionEvents events) {
  assert(is_on_control());
  return sessions_.open(lanes_, std::move(request), std::move(events));
}

void EngineRoom::set_muted(ParticipantId participant, bool muted) {
  assert(is_on_control());
  lanes_->settings[participant].muted = muted;
  for (const AttachedTrack& track : lanes_->tracks) {
    if (track.feed->participant == participant) {
      track.feed->muted.store(muted, std::memory_order_relaxed);
    }
  }
}

void EngineRoom::set_listening(ParticipantId participant, bool listening) {
  assert(is_on_control());
  bool& known = lanes_->settings[participant].listening;
  if (std::exchange(known, listening) == listening) return;
  lanes_->home->post(make_command([id = id(), participant, listening](Lane& home) noexcept {
    home.switchboard().set_listening(id, participant, listening, home.now_ns());
  }));
}

void EngineRoom::set_preferences(ParticipantId participant,
                                 const std::vector<Preference>& preferences) {
  assert(is_on_control());
  lanes_->settings[participant].preferences = preferences;
  for_home([participant, preferences](LaneRoom& room) mutable noexcept {
    room.set_preferences(participant, preferences);
  });
}

void EngineRoom::set_max_speakers(ParticipantId participant, uint32_t count) {
  assert(is_on_control());
  lanes_->settings[participant].max_speakers = count;
  for_home(
      [participant, count](LaneRoom& room) noexcept { room.set_max_speakers(participant, count); });
}

void EngineRoom::set_attributes(ParticipantId participant,
                                const std::map<std::string, std::string>& attributes) {
  assert(is_on_control());
  auto& known = lanes_->settings[participant].attributes;
  if (known == attributes) return;
  known = attributes;
  std::shared_ptr<const Attributes> made;
  if (!attributes.empty()) {
    if (++attributes_revision_ == 0) ++attributes_revision_;  // 0 is that of none.
    made = std::make_shared<const Attributes>(attributes, attributes_revision_);
  }
  for_home([participant, made](LaneRoom& room) mutable noexcept {
    room.swap_attributes(participant, made);
  });
}

void EngineRoom::set_tag(ParticipantId participant, uint64_t tag) {
  assert(is_on_control());
  lanes_->settings[participant].tag->store(tag, std::memory_order_relaxed);
  for (const AttachedTrack& track : lanes_->tracks) {
    if (track.feed->participant == participant) {
      track.feed->tag.store(tag, std::memory_order_relaxed);
    }
  }
  for_home([participant, tag](LaneRoom& room) noexcept { room.set_tag(participant, tag); });
}

/// The home lane forgets its own with the selector.
void EngineRoom::forget_tags() {
  for (const auto& [participant, settings] : lanes_->settings) {
    settings.tag->store(0, std::memory_order_relaxed);
  }
  for (const AttachedTrack& track : lanes_->tracks) {
    track.feed->tag.store(0, std::memory_order_relaxed);
  }
}

void EngineRoom::forget(ParticipantId participant) {
  set_attributes(participant, {});
  const auto& tag = lanes_->settings[participant].tag;
  if (tag->load(std::memory_order_relaxed) != 0) set_tag(participant, 0);
  lanes_->settings.erase(participant);
}

void EngineRoom::poll_selection(std::function<void(const Selection&)> callback) {
  assert(is_on_control());
  const uint64_t version = lanes_->feed->version.load(std::memory_order_relaxed);
  if (polling_ || version == polled_version_) return;
  polling_ = true;
  polled_version_ = version;
  auto selection = std::make_shared<Selection>();
  lanes_->home->post(make_command(
      [selection, id = id()](Lane& home) noexcept {
        if (const LaneRoom* room = home.switchboard().find_room(id)) room->copy(*selection);
      },
      [this, selection, alive = std::weak_ptr<bool>(alive_), callback = std::move(callback)] {
        if (alive.expired()) return;
        polling_ = false;
        callback(*selection);
      }));
}

}  // namespace veche::media
