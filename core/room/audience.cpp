// SPDX-License-Identifier: Apache-2.0
// Notifies feeds. After each call of a sink its feed may be gone, and others with it.
#include "room/audience.hpp"

#include <algorithm>
#include <utility>

namespace veche::room {
namespace {

constexpr uint64_t kLazyTicks = 5;

}  // namespace

size_t Audience::feeds_of(const std::string& participant) const {
  return static_cast<size_t>(std::count_if(
      feeds_.begin(), feeds_.end(),
      [&](const ClientFeed* feed) { return feed->stream_.participant == participant; }));
}

std::unordered_set<std::string_view> Audience::watching() const {
  std::unordered_set<std::string_view> names;
  for (const ClientFeed* feed : feeds_) names.insert(feed->stream_.participant);
  return names;
}

std::vector<SharedEntry> Audience::begin(MessageStream& stream) {
  const RosterWindow window =
      window_of(roster_, stream.roster.count(), lookups_.concerns(stream.participant));
  stream.roster.begin(window, roster_);
  std::vector<SharedEntry> entries;
  for (const std::string& name : window.first) entries.push_back(entry(name));
  for (const std::string& name : window.others) entries.push_back(entry(name));
  return entries;
}

std::optional<MessageStream> Audience::take(const std::string& stream,
                                            const std::string& participant) {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(), [&](const ClientFeed* feed) {
    return feed->stream_.id == stream && feed->stream_.participant == participant;
  });
  if (found == feeds_.end()) return kept_.take(stream, participant);
  ClientFeed* former = *found;
  feeds_.erase(found);
  former->audience_ = nullptr;
  MessageStream taken = std::move(former->stream_);
  former->sink_.on_taken_over();
  return taken;
}

void Audience::detach(ClientFeed& feed) {
  std::erase(feeds_, &feed);
  kept_.keep(std::move(feed.stream_), now_ns_);
}

template <class Visit>
void Audience::for_each_stream(Visit visit) {
  for (ClientFeed* feed : feeds_) visit(feed->stream_);
  kept_.for_each(visit);
}

template <class Visit>
void Audience::for_each_stream_of(const std::string& participant, Visit visit) {
  for_each_stream([&](MessageStream& stream) {
    if (stream.participant == participant) visit(stream);
  });
}

void Audience::joined(const std::string& participant) {
  roster_.add(participant);
  entries_.erase(participant);
  for_each_stream([&](MessageStream& stream) {
    stream.roster.joined(participant, roster_);
    if (stream.participant == participant) stream.roster.concerns_changed();
  });
}

void Audience::changed(const std::string& participant) {
  entries_.erase(participant);
  for_each_stream([&](MessageStream& stream) { stream.roster.changed(participant); });
}

void Audience::left(const std::string& participant) {
  roster_.remove(participant);
  entries_.erase(participant);
  for_each_stream([&](MessageStream& stream) { stream.roster.left(participant); });
}

void Audience::speakers_changed(const Speakers& speakers) {
  for_each_stream([&](MessageStream& stream) {
    stream.notices.speakers_changed(speakers);
    stream.roster.concerns_changed();
  });
}

void Audience::announced(const std::string& plugin, const std::optional<std::string>& json) {
  for_each_stream([&](MessageStream& stream) { stream.notices.announced(plugin, json); });
}

void Audience::pins_changed(const std::string& participant) {
  for_each_stream_of(participant, [](MessageStream& stream) { stream.roster.concerns_changed(); });
}

void Audience::slots_changed(const std::string& participant, const std::vector<SlotView>& slots) {
  for_each_stream_of(participant, [&](MessageStream& stream) {
    stream.notices.slots_changed(slots);
    stream.roster.concerns_changed();
  });
}

void Audience::slots_restarted(const std::string& participant, const std::vector<SlotView>& slots) {
  for_each_stream_of(participant, [&](MessageStream& stream) {
    stream.notices.slots_restarted(slots);
    stream.roster.concerns_changed();
  });
}

void Audience::hint_changed(const std::string& participant, const PublishHint& hint) {
  for_each_stream_of(participant,
                     [&](MessageStream& stream) { stream.notices.hint_changed(hint); });
}

void Audience::quality_changed(const std::string& participant, const NetworkQuality& quality) {
  for_each_stream_of(participant,
                     [&](MessageStream& stream) { stream.notices.quality_changed(quality); });
}

bool Audience::has(const ClientFeed* feed) const {
  return std::find(feeds_.begin(), feeds_.end(), feed) != feeds_.end();
}

SharedEntry Audience::entry(const std::string& participant) {
  SharedEntry& entry = entries_[participant];
  if (!entry) entry = std::make_shared<ToldEntry>(ToldEntry{lookups_.entry(participant), {}});
  return entry;
}

bool Audience::is_due(Pace pace) const {
  switch (pace) {
    case Pace::Settled: return false;
    case Pace::Lazy: return ticks_ % kLazyTicks == 0;
    case Pace::Steady: return is_steady_due_;
    case Pace::AtOnce: return true;
  }
  return false;
}

void Audience::tell(int64_t now_ns) {
  now_ns_ = now_ns;
  kept_.expire(now_ns);
  ++ticks_;
  is_steady_due_ = !std::exchange(told_steadily_, false);
  RosterChanges changes;
  for (ClientFeed* feed : std::vector(feeds_)) {
    if (has(feed)) tell(feed, changes);
  }
  entries_.clear();
}

const RosterChange& Audience::change_of(const RosterNames& names, RosterChanges& changes) {
  const auto [place, is_new] = changes.try_emplace(names);
  RosterChange& change = place->second;
  if (!is_new) return change;
  for (const std::string& name : names.joined) change.joined.push_back(entry(name));
  for (const std::string& name : names.changed) change.changed.push_back(entry(name));
  change.left = names.left;
  change.hidden = names.hidden;
  change.participants = names.participants;
  return change;
}

void Audience::tell_roster(ClientFeed& feed, RosterChanges& changes) {
  ShownRoster& shown = feed.stream_.roster;
  RosterWindow window;
  RosterNames names;
  names.participants = roster_.size();
  if (shown.has_moved()) {
    window = window_of(roster_, shown.count(), lookups_.concerns(feed.stream_.participant));
    names = shown.missing(window, roster_);
  }
  const Pace pace = shown.pace_of(names, window);
  if (pace != Pace::Settled && !is_due(pace)) return;
  shown.tell(names, feed.sink_.next_seq());
  if (pace == Pace::Settled) return;
  if (pace == Pace::Steady) told_steadily_ = true;
  feed.sink_.on_roster(change_of(names, changes));
}

void Audience::tell(ClientFeed* feed, RosterChanges& changes) {
  ClientSink& sink = feed->sink_;
  Notices& notices = feed->stream_.notices;
  tell_roster(*feed, changes);
  if (!has(feed)) return;
  if (const auto slots = notices.take_slots(sink.next_seq()); !slots.empty()) {
    sink.on_slots(slots);
    if (!has(feed)) return;
  }
  if (const auto speakers = notices.take_speakers(sink.next_seq())) {
    sink.on_speakers(*speakers);
    if (!has(feed)) return;
  }
  if (const auto hint = notices.take_hint(sink.next_seq())) {
    sink.on_hint(*hint);
    if (!has(feed)) return;
  }
  if (const auto quality = notices.take_quality(sink.next_seq())) {
    sink.on_quality(*quality);
    if (!has(feed)) return;
  }
  const PluginNotices changed = notices.take_plugins(sink.next_seq());
  if (!changed.empty()) sink.on_notice(changed);
  tell_announcements(feed);
}

void Audience::tell_announcements(ClientFeed* feed) {
  while (has(feed)) {
    const auto due = feed->stream_.notices.take_announcement(feed->sink_.next_seq());
    if (!due) return;
    feed->sink_.on_announcement(*due);
  }
}

size_t Audience::tell_announcement(const std::string& json,
                                   const std::set<std::string>* participants) {
  const auto announcement = std::make_shared<const std::string>(json);
  const auto is_meant = [participants](const MessageStream& stream) {
    return !participants || participants->contains(stream.participant);
  };
  for_each_stream([&](MessageStream& stream) {
    if (is_meant(stream)) stream.notices.add_announcement(announcement);
  });
  size_t told = 0;
  for (ClientFeed* feed : std::vector(feeds_)) {
    if (!has(feed) || !is_meant(feed->stream_)) continue;
    ++told;
    tell_announcements(feed);
  }
  return told;
}

size_t Audience::tell_message(const std::string& participant, const std::string& plugin,
                              const std::string& json) {
  size_t told = 0;
  for (ClientFeed* feed : std::vector(feeds_)) {
    if (!has(feed) || feed->stream_.participant != participant) continue;
    ++told;
    feed->sink_.on_plugin_message(plugin, json);
  }
  return told;
}

void Audience::tell_draining(std::optional<int64_t> deadline_unix_ms) {
  for (ClientFeed* feed : std::vector(feeds_)) {
    if (!has(feed)) continue;
    feed->stream_.was_told_of_drain = true;
    feed->sink_.on_draining(deadline_unix_ms);
  }
}

void Audience::close(const std::string& participant, EndReason reason, const std::string& detail) {
  kept_.drop(participant);
  const auto is_theirs = [&](const ClientFeed* feed) {
    return feed->stream_.participant == participant;
  };
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
