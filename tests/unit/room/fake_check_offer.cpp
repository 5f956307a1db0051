// SPDX-License-Identifier: Apache-2.0
// Stands in for the SDP profile check at link time: an offer is a word of letters, `T` a track and
// `S` a slot.
#include <algorithm>
#include <cstddef>

#include "sdp/profile.hpp"

namespace veche::sdp {

Result<SessionPlan> check_offer(std::string_view text, const ProfileLimits& limits) {
  SessionPlan plan;
  plan.ufrag = "offered";
  if (std::count(text.begin(), text.end(), 'S') > static_cast<std::ptrdiff_t>(limits.max_slots)) {
    return invalid("This offer has too many slots.");
  }
  for (const char letter : text) {
    if (letter != 'T' && letter != 'S') return invalid("This offer is outside the profile.");
    SectionPlan section;
    section.index = static_cast<uint32_t>(plan.sections.size());
    section.mid = std::to_string(section.index);
    section.use = letter == 'T' ? SectionUse::Track : SectionUse::Slot;
    const auto refused = letter == 'T' ? OfferUse::Slots : OfferUse::Tracks;
    if (limits.use == refused) section.use = SectionUse::Refused;
    plan.sections.push_back(section);
  }
  const bool is_usable = std::any_of(plan.sections.begin(), plan.sections.end(),
                                     [](const SectionPlan& section) { return section.is_used(); });
  if (!is_usable && !text.empty()) return invalid("This offer has nothing of use.");
  return plan;
}

}  // namespace veche::sdp
