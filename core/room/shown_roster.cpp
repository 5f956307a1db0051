// SPDX-License-Identifier: Apache-2.0
// Compares what a client has with its window.
#include "room/shown_roster.hpp"

#include <algorithm>

namespace veche::room {

void ShownRoster::begin(const RosterWindow& window, const JoinOrder& order) {
  for (const std::string& name : window.first) shown_[name] = {1, 1, false};
  for (const std::string& name : window.others) shown_[name] = {1, 1, false};
  told_participants_ = order.size();
  participants_seq_ = 1;
}

void ShownRoster::joined(const std::string& name, const JoinOrder& order) {
  // The client knows a name that left and rejoined: the new entry is a change.
  changed(name);
  if (order.size() <= count_) has_moved_ = true;
}

void ShownRoster::changed(const std::string& name) {
  const auto found = shown_.find(name);
  if (found == shown_.end()) return;
  found->second.is_stale = true;
  has_moved_ = true;
}

void ShownRoster::left(const std::string& name) {
  // Another one may take its place.
  if (shown_.contains(name)) has_moved_ = true;
}

RosterNames ShownRoster::missing(const RosterWindow& window, const JoinOrder& order) const {
  RosterNames names;
  names.participants = order.size();
  size_t kept = 0;
  const auto compare = [&](const std::string& name) {
    const auto found = shown_.find(name);
    if (found == shown_.end()) {
      names.joined.push_back(name);
      return;
    }
    ++kept;
    if (found->second.is_stale) names.changed.push_back(name);
  };
  for (const std::string& name : window.first) compare(name);
  for (const std::string& name : window.others) compare(name);
  if (kept == shown_.size()) return names;
  for (const auto& [name, shown] : shown_) {
    if (order.is_among_first(name, count_)) continue;
    if (std::binary_search(window.others.begin(), window.others.end(), name)) continue;
    (order.has(name) ? names.hidden : names.left).push_back(name);
  }
  std::sort(names.left.begin(), names.left.end());
  std::sort(names.hidden.begin(), names.hidden.end());
  return names;
}

Pace ShownRoster::pace_of(const RosterNames& missing, const RosterWindow& window) const {
  const bool has_news = missing.has_entries() || !missing.hidden.empty() ||
                        told_participants_ != missing.participants;
  if (!has_news) return Pace::Settled;
  const auto concerns_client = [&](const std::string& name) {
    return std::binary_search(window.others.begin(), window.others.end(), name);
  };
  if (is_resumed_ || std::any_of(missing.joined.begin(), missing.joined.end(), concerns_client)) {
    return Pace::AtOnce;
  }
  return missing.has_entries() ? Pace::Steady : Pace::Lazy;
}

void ShownRoster::tell(const RosterNames& missing, uint64_t seq) {
  has_moved_ = is_resumed_ = false;
  for (const std::string& name : missing.joined) shown_[name] = {seq, seq, false};
  for (const std::string& name : missing.changed) {
    shown_[name].told = seq;
    shown_[name].is_stale = false;
  }
  for (const std::string& name : missing.left) forget(name, seq);
  for (const std::string& name : missing.hidden) forget(name, seq);
  if (told_participants_ == missing.participants) return;
  told_participants_ = missing.participants;
  participants_seq_ = seq;
}

void ShownRoster::forget(const std::string& name, uint64_t seq) {
  const auto found = shown_.find(name);
  gone_.push_back({name, found->second.since, seq});
  shown_.erase(found);
  if (gone_.size() <= kMostGone) return;
  oldest_position_ = gone_.front().until;
  gone_.pop_front();
}

bool ShownRoster::rewind(uint64_t seq) {
  if (seq < oldest_position_) return false;
  std::erase_if(shown_, [&](const auto& entry) { return entry.second.since > seq; });
  for (auto& [name, shown] : shown_) {
    if (shown.told > seq) shown.is_stale = true;
  }
  for (const Gone& gone : gone_) {
    if (gone.since <= seq && gone.until > seq) shown_[gone.name] = {gone.since, seq, true};
  }
  std::erase_if(gone_, [&](const Gone& gone) { return gone.until > seq; });
  if (participants_seq_ > seq) told_participants_.reset();
  has_moved_ = is_resumed_ = true;
  return true;
}

}  // namespace veche::room
