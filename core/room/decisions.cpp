// SPDX-License-Identifier: Apache-2.0
// A bounded list of decisions, found by name.
#include "room/decisions.hpp"

#include <algorithm>

namespace veche::room {

void Decision::note(const ParticipantPatch& patch) {
  if (patch.muted_by_backend) muted = patch.muted_by_backend;
  if (patch.permissions) permissions = patch.permissions;
  if (patch.attributes) attributes = patch.attributes;
}

void Decision::apply(ParticipantSettings& settings) const {
  settings.muted_by_backend = muted.value_or(settings.muted_by_backend);
  settings.permissions = permissions.value_or(settings.permissions);
  settings.attributes = attributes.value_or(settings.attributes);
}

void Decisions::keep(const std::string& participant, const Decision& decision, size_t most) {
  forget(participant);
  if (!decision) return;
  by_name_[participant] = kept_.emplace(kept_.end(), participant, decision);
  while (kept_.size() > std::max(most, kLeast)) forget(std::string(kept_.front().first));
}

std::optional<Decision> Decisions::find(const std::string& participant) const {
  const auto found = by_name_.find(participant);
  if (found == by_name_.end()) return std::nullopt;
  return found->second->second;
}

void Decisions::forget(const std::string& participant) {
  const auto found = by_name_.find(participant);
  if (found == by_name_.end()) return;
  kept_.erase(found->second);
  by_name_.erase(found);
}

}  // namespace veche::room
