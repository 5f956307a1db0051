// SPDX-License-Identifier: Apache-2.0
// Bookkeeping of candidate pairs, and the nomination rule.
#include "media/ice/ice_session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace veche::media {

IceSession::IceSession(SessionId id, IceCredentials credentials)
    : id_(id), credentials_(std::move(credentials)) {}

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
    if (slot == selected_) continue;
    if (!best || pairs_[slot].last_heard_ns < pairs_[*best].last_heard_ns) best = slot;
  }
  return *best;
}

void IceSession::take(size_t slot, const CandidatePair& pair) noexcept {
  assert(slot != selected_);
  pairs_[slot] = Pair{.pair = pair, .used = true};
}

void IceSession::drop(size_t slot) noexcept {
  pairs_[slot].used = false;
  if (selected_ == slot) selected_.reset();
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
    change.nominated = true;
    selected_ = slot;
  } else if (slot != *selected_ && follows(pair, now_ns)) {
    change.moved = true;
    pairs_[*selected_].left_ns = now_ns;
    selected_ = slot;
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

IceSession::Seen IceSession::seen(uint64_t transaction, uint64_t pair) const noexcept {
  const size_t count = std::min(remembered_, transactions_.size());
  for (size_t i = 0; i < count; ++i) {
    if (transactions_[i].id != transaction) continue;
    return transactions_[i].pair == pair ? Seen::Here : Seen::Elsewhere;
  }
  return Seen::Never;
}

void IceSession::remember(uint64_t transaction, uint64_t pair) noexcept {
  transactions_[remembered_++ % transactions_.size()] = {.id = transaction, .pair = pair};
}

}  // namespace veche::media
