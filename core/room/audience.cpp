// SPDX-License-Identifier: Apache-2.0
// Notifies feeds. After each call of a sink its feed may be gone, and others with it.
#include "room/audience.hpp"

#include <algorithm>
#include <utility>

namespace veche::room {

size_t Audience::feeds_of(const std::string& participant) const {
  return static_cast<size_t>(
      std::count_if(feeds_.begin(), feeds_.end(),
                    [&](const ClientFeed* feed) { return feed->participant_ == participant; }));
}

std::unordered_set<std::string_view> Audience::watching() const {
  std::unordered_set<std::string_view> names;
  for (const ClientFeed* feed : feeds_) names.insert(feed->participant_);
  return names;
}

void Audience::joined(const std::string& participant) {
  ++roster_version_;
  for (ClientFeed* feed : feeds_) feed->notices_.joined(participant);
}

void Audience::changed(const std::string& participant) {
  ++roster_version_;
  for (ClientFeed* feed : feeds_) feed->notices_.changed(participant);
}

void Audience::left(const std::string& participant) {
  ++roster_version_;
  for (ClientFeed* feed : feeds_) feed->notices_.left(participant);
}

void Audience::speakers_changed(const Speakers& speakers) {
  for (ClientFeed* feed : feeds_) feed->notices_.speakers_changed(speakers);
}

void Audience::announced(const std::string& plugin, const std::optional<std::string>& json) {
  for (ClientFeed* feed : feeds_) feed->notices_.announced(plugin, json);
}

void Audience::slots_changed(const std::string& participant, const std::vector<SlotView>& slots) {
  for (ClientFeed* feed : feeds_) {
    if (feed->participant_ == participant) feed->notices_.slots_changed(slots);
  }
}

void Audience::slots_restarted(const std::string& participant, const std::vector<SlotView>& slots) {
  for (ClientFeed* feed : feeds_) {
    if (feed->participant_ == participant) feed->notices_.slots_restarted(slots);
  }
}

void Audience::hint_changed(const std::string& participant, const PublishHint& hint) {
  for (ClientFeed* feed : feeds_) {
    if (feed->participant_ == participant) feed->notices_.hint_changed(hint);
  }
}

bool Audience::has(const ClientFeed* feed) const {
  return std::find(feeds_.begin(), feeds_.end(), feed) != feeds_.end();
}

void Audience::tell(const Lookup& lookup) {
  const bool roster_is_due = !std::exchange(told_roster_, false);
  RosterChanges changes;
  for (ClientFeed* feed : std::vector(feeds_)) {
    if (has(feed)) tell(feed, roster_is_due, lookup, changes);
  }
}

const RosterChange& Audience::change_of(const RosterNames& names, const Lookup& lookup,
                                        RosterChanges& changes) {
  const auto [place, is_new] = changes.try_emplace(names);
  RosterChange& change = place->second;
  if (!is_new) return change;
  for (const std::string& name : names.joined) change.joined.push_back(lookup(name));
  for (const std::string& name : names.changed) change.changed.push_back(lookup(name));
  change.left = names.left;
  return change;
}

void Audience::tell(ClientFeed* feed, bool roster_is_due, const Lookup& lookup,
                    RosterChanges& changes) {
  if (roster_is_due && feed->notices_.has_roster()) {
    told_roster_ = true;
    feed->sink_.on_roster(change_of(feed->notices_.take_roster(), lookup, changes));
    if (!has(feed)) return;
  }
  if (const std::vector<SlotView> slots = feed->notices_.take_slots(); !slots.empty()) {
    feed->sink_.on_slots(slots);
    if (!has(feed)) return;
  }
  if (const std::optional<Speakers> speakers = feed->notices_.take_speakers()) {
    feed->sink_.on_speakers(*speakers);
    if (!has(feed)) return;
  }
  if (const std::optional<PublishHint> hint = feed->notices_.take_hint()) {
    feed->sink_.on_hint(*hint);
    if (!has(feed)) return;
  }
  if (const PluginNotices notices = feed->notices_.take_plugins(); !notices.empty()) {
    feed->sink_.on_notice(notices);
  }
}

void Audience::tell_draining(std::optional<int64_t> deadline_unix_ms) {
  for (ClientFeed* feed : std::vector(feeds_)) {
    if (has(feed)) feed->sink_.on_draining(deadline_unix_ms);
  }
}

void Audience::close(const std::string& participant, EndReason reason, const std::string& detail) {
  const auto is_theirs = [&](const ClientFeed* feed) { return feed->participant_ == participant; };
  // Each call may destroy any feed, so the search starts over.
  for (auto feed = std::find_if(feeds_.begin(), feeds_.end(), is_theirs); feed != feeds_.end();
       feed = std::find_if(feeds_.begin(), feeds_.end(), is_theirs)) {
    ClientFeed* closing = *feed;
    feeds_.erase(feed);
    closing->audience_ = nullptr;
    closing->sink_.on_closing(reason, detail);
  }
}

}  // namespace veche::room
