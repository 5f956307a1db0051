// SPDX-License-Identifier: Apache-2.0
// Which offer a worker answers next: at most one of each participant at a time, and its newest.
// Pure.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace veche::media {

/// A client may post offers faster than the server can answer them. It has one place in the queue,
/// whatever it posts, so others wait for at most one negotiation of its.
class NegotiationQueue {
 public:
  struct Negotiation {
    std::string owner;  ///< The participant, by room and name: it stays the same when it rejoins.
    SessionId session;
    std::function<void()> begin;    ///< To be called when its turn comes,
    std::function<void()> abandon;  ///< or else this: it never begins.
  };

  explicit NegotiationQueue(size_t at_once) : at_once_(at_once) {}

  /// Takes the place of the owner's waiting negotiation, which is returned, or the last place.
  std::optional<Negotiation> add(Negotiation negotiation);
  /// Nobody waits for that session any more. Nothing if it does not wait: it has begun.
  std::optional<Negotiation> withdraw(SessionId session);
  /// The next one, if there is one whose turn has come: it has begun.
  std::optional<Negotiation> next();
  /// One that had begun is over.
  void end(SessionId session);
  size_t waiting() const { return waiting_.size(); }

 private:
  struct Running {
    std::string owner;
    SessionId session;
  };
  bool is_running(const std::string& owner) const;

  const size_t at_once_;
  std::deque<Negotiation> waiting_;  ///< At most one for each owner.
  std::vector<Running> running_;
};

}  // namespace veche::media
