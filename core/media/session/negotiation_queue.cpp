// SPDX-License-Identifier: Apache-2.0
// A list of those that wait, and one of those that have begun.
#include "media/session/negotiation_queue.hpp"

#include <algorithm>
#include <utility>

namespace veche::media {

std::optional<NegotiationQueue::Negotiation> NegotiationQueue::add(Negotiation negotiation) {
  const auto earlier =
      std::find_if(waiting_.begin(), waiting_.end(),
                   [&](const Negotiation& waiting) { return waiting.owner == negotiation.owner; });
  if (earlier != waiting_.end()) return std::exchange(*earlier, std::move(negotiation));
  waiting_.push_back(std::move(negotiation));
  return std::nullopt;
}

std::optional<NegotiationQueue::Negotiation> NegotiationQueue::withdraw(SessionId session) {
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(),
                   [&](const Negotiation& waiting) { return waiting.session == session; });
  if (found == waiting_.end()) return std::nullopt;
  Negotiation withdrawn = std::move(*found);
  waiting_.erase(found);
  return withdrawn;
}

bool NegotiationQueue::is_running(const std::string& owner) const {
  return std::any_of(running_.begin(), running_.end(),
                     [&](const Running& running) { return running.owner == owner; });
}

std::optional<NegotiationQueue::Negotiation> NegotiationQueue::next() {
  if (running_.size() >= at_once_) return std::nullopt;
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(),
                   [this](const Negotiation& waiting) { return !is_running(waiting.owner); });
  if (found == waiting_.end()) return std::nullopt;
  Negotiation begun = std::move(*found);
  waiting_.erase(found);
  running_.push_back({begun.owner, begun.session});
  return begun;
}

void NegotiationQueue::end(SessionId session) {
  std::erase_if(running_, [&](const Running& running) { return running.session == session; });
}

}  // namespace veche::media
