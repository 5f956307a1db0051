// SPDX-License-Identifier: Apache-2.0
// A list, and the number of each name in it.
#include "room/join_order.hpp"

#include <algorithm>

namespace veche::room {

void JoinOrder::add(const std::string& name) {
  if (numbers_.try_emplace(name, last_number_ + 1).second) {
    ++last_number_;
    names_.push_back(name);
  }
}

void JoinOrder::remove(const std::string& name) {
  if (numbers_.erase(name) > 0) names_.erase(std::find(names_.begin(), names_.end(), name));
}

std::span<const std::string> JoinOrder::first(size_t count) const {
  return std::span(names_).first(std::min(count, names_.size()));
}

bool JoinOrder::is_among_first(const std::string& name, size_t count) const {
  const auto found = numbers_.find(name);
  if (found == numbers_.end() || count == 0) return false;
  return count >= names_.size() || found->second <= numbers_.at(names_[count - 1]);
}

}  // namespace veche::room
