// SPDX-License-Identifier: Apache-2.0
// One counter for each incarnation.
#include "events/numbers.hpp"

namespace veche::events {

uint64_t Numbers::next(const Event& event) {
  const uint64_t seq = ++last_[event.incarnation];
  if (event.type == "room.closed") {
    closed_.push_back(event.incarnation);
    if (closed_.size() > kMaxClosed) {
      last_.erase(closed_.front());
      closed_.pop_front();
    }
  }
  return seq;
}

}  // namespace veche::events
