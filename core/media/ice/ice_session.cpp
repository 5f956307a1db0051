// SPDX-License-Identifier: Apache-2.0
// Bookkeeping of candidate pairs, and the nomination rule.
#include "media/ice/ice_session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace veche::media {

IceSession::IceSession(SessionId id, IceCredentials credentials)
    : id_(id), credentials_(std::move(credentials)) {}

const IceCredentials* IceSession::credentials_of(std::string_view local_ufrag) const noexcept {
  if (local_ufrag == credentials_.local_ufrag) return &credentials_;
  return former_ && local_ufrag == former_->local_ufrag ? &*former_ : nullptr;
}

void IceSession::restart(IceCredentials fresh) {
  if (!former_) former_ = std::move(credentials_);
  credentials_ = std::move(fresh);
}

void IceSession::retire_former() noexcept {
  former_.reset();
  for (Pair& pair : pairs_) {
    pair.checked = false;
    pair.priority = 0;
    pair.last_nomination_ns = pair.left_ns = 0;
  }
}

std::optional<size_t> IceSession::find(const CandidatePair& pair) const noexcept {
  for (size_t slot = 0; slot < kMaxPairs; ++slot) {
    if (pairs_[slot].used && pairs_[slot].pair == pair) return slot;
  }
  return std::nullopt;
}

const CandidatePair* IceSession::selected() const noexcept {
  return selected_ ? &pairs_[*selected_].pair : nullptr;
}

size_t IceSession::place() const noexcept {
  std::optional<size_t> best;
  for (size_t slot = 0; slot < kMaxPairs; ++slot) {
    if (!pairs_[slot].used) return slot;
    if (slot == selected_ || slot == proven_) continue;
    if (!best || pairs_[slot].last_heard_ns < pairs_[*best].last_heard_ns) best = slot;
  }
  return *best;
}

void IceSession::take(size_t slot, const CandidatePair& pair) noexcept {
  assert(slot != selected_ && slot != proven_);
  pairs_[slot] = Pair{.pair = pair, .used = true};
}

void IceSession::drop(size_t slot) noexcept {
  pairs_[slot].used = false;
  if (proven_ == slot) proven_.reset();
  if (selected_ == slot) selected_ = proven_;
}

void IceSession::distrust(int64_t now_ns) noexcept {
  if (is_proven()) return;
  selected_ = proven_;
  distrusted_until_ns_ = now_ns + (kDistrustNs << distrusted_);
  distrusted_ = std::min(distrusted_ + 1, kMaxDoublings);
}

bool IceSession::may_move_to(size_t slot, int64_t now_ns) const noexcept {
  return slot == proven_ || now_ns >= distrusted_until_ns_;
}

void IceSession::move_to(size_t slot, int64_t now_ns) noexcept {
  pairs_[*selected_].left_ns = now_ns;
  selected_ = slot;
}

bool IceSession::follow(size_t slot, int64_t now_ns) noexcept {
  if (!selected_ || slot == *selected_ || !may_move_to(slot, now_ns)) return false;
  move_to(slot, now_ns);
  // It counts as a nomination: requests of the pair just left may still be under way.
  pairs_[slot].last_nomination_ns = now_ns;
  return true;
}

IceChange IceSession::accept(size_t slot, uint32_t priority, bool nominates,
                             int64_t now_ns) noexcept {
  IceChange change{.first = !last_request_ns_};
  last_request_ns_ = now_ns;
  Pair& pair = pairs_[slot];
  pair.last_heard_ns = now_ns;
  pair.priority = priority;
  if (!nominates) {
    pair.checked = true;
    return change;
  }
  if (!selected_) {
    if (!may_move_to(slot, now_ns)) return change;
    change.nominated = true;
    selected_ = slot;
    if (!std::exchange(has_had_pair_, true)) proven_ = slot;
  } else if (slot != *selected_ && may_move_to(slot, now_ns) && follows(pair, now_ns)) {
    change.moved = true;
    move_to(slot, now_ns);
  }
  pair.last_nomination_ns = now_ns;
  return change;
}

bool IceSession::follows(const Pair& nominated, int64_t now_ns) const noexcept {
  const Pair& current = pairs_[*selected_];
  const int64_t silent_ns = now_ns - current.last_nomination_ns;
  if (nominated.priority > current.priority) {
    return nominated.left_ns == 0 || now_ns - nominated.left_ns >= kReorderNs;
  }
  if (nominated.checked || nominated.priority == current.priority) return silent_ns >= kReorderNs;
  return silent_ns >= kSilenceNs;
}

}  // namespace veche::media
