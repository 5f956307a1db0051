// SPDX-License-Identifier: Apache-2.0
// One request for a page of events that waits, because there are none yet.
#pragma once

#include <cstdint>
#include <memory>

#include "events/log.hpp"
#include "http/api/event_followers.hpp"
#include "http/protocol/message.hpp"

namespace veche::http {

/// Answers with a page once an event has come that the filter takes, or without events when its
/// time is over. [control]
class EventPoll : public EventFollower {
 public:
  struct Place {
    events::Query query;
    int64_t until_ns = 0;                     ///< On the monotonic clock.
    std::shared_ptr<const Principal> caller;  ///< Shared with the request.
    std::shared_ptr<void> seat;               ///< Of the followers.
  };

  /// Followers outlive it.
  EventPoll(EventFollowers& owner, Place place, Reply reply);
  ~EventPoll() override;

  const Principal& caller() const override { return *place_.caller; }
  void advance() override;
  void tick(int64_t now_ns) override;
  void refuse() override;
  /// The client is gone, and gets no answer.
  void leave();
  /// Expires with this.
  std::weak_ptr<bool> alive() const { return alive_; }

 private:
  void take(const Result<events::Page>& page);
  void answer(const Response& response);
  /// The page without events.
  Response nothing() const;

  EventFollowers& owner_;
  Place place_;
  Reply reply_;
  bool is_over_ = false;
  bool awaits_page_ = false;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace veche::http
