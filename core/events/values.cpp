// SPDX-License-Identifier: Apache-2.0
// Merges changes by space and key.
#include "events/values.hpp"

namespace veche::events {
namespace {

void apply(const std::string& key, const std::optional<StoredValue>& to,
           std::map<std::string, StoredValue>& values) {
  if (to) {
    values[key] = *to;
  } else {
    values.erase(key);
  }
}

}  // namespace

void overlay(const std::vector<ValueChange>& changes, const std::string& space,
             std::map<std::string, StoredValue>& values) {
  for (const ValueChange& change : changes) {
    if (change.space == space) apply(change.key, change.to, values);
  }
}

void PendingValues::change(ValueChange change) {
  const std::pair place(change.space, change.key);
  if (changes_.size() >= kMax && !changes_.contains(place)) {
    ++dropped_;
    return;
  }
  changes_[place] = std::move(change.to);
}

std::vector<ValueChange> PendingValues::take() {
  std::vector<ValueChange> changes;
  changes.reserve(changes_.size());
  for (auto& [place, to] : changes_) {
    changes.push_back({place.first, place.second, std::move(to)});
  }
  changes_.clear();
  return changes;
}

void PendingValues::overlay(const std::string& space,
                            std::map<std::string, StoredValue>& values) const {
  for (auto at = changes_.lower_bound({space, std::string()});
       at != changes_.end() && at->first.first == space; ++at) {
    apply(at->first.second, at->second, values);
  }
}

}  // namespace veche::events
