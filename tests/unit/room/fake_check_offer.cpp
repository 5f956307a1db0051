// SPDX-License-Identifier: Apache-2.0
// Stands in for the SDP profile check at link time: an offer is a word of letters, `T` a track and
// `S` a slot.
#include <algorithm>
#include <cstddef>

#include "sdp/profile.hpp"

namespace veche::sdp {

Result<SessionPlan> check_offer(std::string_view text, const ProfileLimits& limits) {
  SessionPlan plan;
  if (std::count(text.begin(), text.end(), 'S') > static_cast<std::ptrdiff_t>(limits.max_slots)) {
    return invalid("This offer has too many slots.");
  }
  for (const char letter : text) {
    if (letter != 'T' && letter != 'S') return invalid("This offer is outside the profile.");
    SectionPlan section;
    section.index = static_cast<uint32_t>(plan.sections.size());
    section.mid = std::to_string(section.index);
    section.use = letter == 'T' ? SectionUse::Track : SectionUse::Slot;
    plan.sections.push_back(section);
  }
  return plan;
}

}  // namespace veche::sdp
