// SPDX-License-Identifier: Apache-2.0
// Keeps one entry for each participant and room, in the order of their revocations.
#include "room/revocations.hpp"

#include <algorithm>
#include <vector>

namespace veche::room {
namespace {

/// Names contain no slash.
std::string key_of(const std::string& room, const std::string& participant) {
  return room + "/" + participant;
}

}  // namespace

void Revocations::remove(const std::string& room, const std::string& participant, int64_t now_ms) {
  revoke(key_of(room, participant), &Reach::removed_ms, now_ms);
}

void Revocations::outdate(const std::string& room, const std::string& participant, int64_t now_ms) {
  revoke(key_of(room, participant), &Reach::outdated_ms, now_ms);
}

void Revocations::delete_room(const std::string& room, int64_t now_ms) {
  revoke(room, &Reach::removed_ms, now_ms);
}

void Revocations::invite(const std::string& room, const std::string& participant,
                         int64_t issued_ms) {
  const int64_t before_ms = issued_ms - 1;
  for (const std::string& key : {room, key_of(room, participant)}) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) continue;
    Entry& entry = found->second;
    if (entry.newest_ms() <= before_ms) continue;
    entry.removed_ms = std::min(entry.removed_ms, before_ms);
    entry.outdated_ms = std::min(entry.outdated_ms, before_ms);
    keep(key, entry);
  }
  if (floor_ms_ <= before_ms) return;
  floor_ms_ = before_ms;
  keep_floor();
}

void Revocations::saw(int64_t issued_ms) { newest_ms_ = std::max(newest_ms_, issued_ms); }

int64_t Revocations::issue(int64_t now_ms) {
  // What was seen before the clock was set back is no measure.
  const bool is_measure = newest_ms_ >= now_ms && newest_ms_ < now_ms + kLeewayMs;
  const int64_t issued_ms = is_measure ? newest_ms_ + 1 : now_ms;
  saw(issued_ms);
  return issued_ms;
}

void Revocations::restore(const std::map<std::string, Reach>& kept) {
  std::vector<std::pair<int64_t, std::string>> by_age;
  for (const auto& [key, reach] : kept) {
    saw(reach.newest_ms());
    if (key == kFloorKey) {
      floor_ms_ = reach.outdated_ms;
    } else {
      by_age.emplace_back(reach.newest_ms(), key);
    }
  }
  std::sort(by_age.begin(), by_age.end());
  for (const auto& [newest_ms, key] : by_age) {
    const auto place = order_.insert(order_.end(), key);
    entries_.insert_or_assign(key, Entry{kept.at(key), place});
  }
}

std::optional<TokenRefusal> Revocations::refusal(const std::string& room,
                                                 const std::string& participant,
                                                 int64_t issued_ms) const {
  const Entry* own = find(key_of(room, participant));
  if (own && issued_ms <= own->removed_ms) return TokenRefusal::Removed;
  const Entry* whole_room = find(room);
  if (whole_room && issued_ms <= whole_room->removed_ms) return TokenRefusal::RoomDeleted;
  if (issued_ms <= floor_ms_ || (own && issued_ms <= own->outdated_ms)) {
    return TokenRefusal::Outdated;
  }
  return std::nullopt;
}

const Revocations::Entry* Revocations::find(const std::string& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

void Revocations::revoke(const std::string& key, int64_t Reach::*reason, int64_t now_ms) {
  drop_expired(now_ms);
  const auto [at, is_new] = entries_.try_emplace(key);
  Entry& entry = at->second;
  if (is_new) {
    entry.place = order_.insert(order_.end(), key);
  } else {
    order_.splice(order_.end(), order_, entry.place);
  }
  // A token from further ahead than the leeway is refused anyway.
  const int64_t reached_ms = std::max(now_ms, std::min(newest_ms_, now_ms + kLeewayMs));
  entry.*reason = std::max(entry.*reason, reached_ms);
  saw(reached_ms);  // What is issued next is later.
  keep(key, entry);
  if (entries_.size() > max_) drop_oldest();
}

void Revocations::drop_expired(int64_t now_ms) {
  while (!order_.empty()) {
    const auto oldest = entries_.find(order_.front());
    if (oldest->second.newest_ms() + kMaxTokenMs + kLeewayMs > now_ms) return;
    entries_.erase(oldest);
    order_.pop_front();
  }
}

void Revocations::drop_oldest() {
  const auto oldest = entries_.find(order_.front());
  floor_ms_ = std::max(floor_ms_, oldest->second.newest_ms());
  keep(oldest->first, std::nullopt);
  keep_floor();
  entries_.erase(oldest);
  order_.pop_front();
}

}  // namespace veche::room
