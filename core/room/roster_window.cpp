// SPDX-License-Identifier: Apache-2.0
// Collects the names of a window.
#include "room/roster_window.hpp"

#include <algorithm>

namespace veche::room {

RosterWindow window_of(const JoinOrder& order, size_t count, const Concerns& concerns) {
  RosterWindow window{order.first(count), {}};
  if (window.first.size() == order.size()) return window;
  std::vector<std::string>& others = window.others;
  const auto add = [&](const std::string& name) {
    if (order.has(name) && !order.is_among_first(name, count)) others.push_back(name);
  };
  add(concerns.self);
  add(concerns.speakers.dominant);
  for (const std::string& name : concerns.speakers.speaking) add(name);
  for (const std::string& name : concerns.pinned) add(name);
  for (const SlotView& slot : concerns.slots) add(slot.participant);
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  return window;
}

}  // namespace veche::room
