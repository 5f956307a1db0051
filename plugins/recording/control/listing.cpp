// SPDX-License-Identifier: Apache-2.0
// Those in progress and those that have ended, merged by their ids.
#include "recording/control/listing.hpp"

#include <functional>
#include <map>

#include "recording/control/views.hpp"

namespace veche::recording {
namespace {

using ById = std::map<std::string_view, const Manifest*, std::greater<>>;

/// Leaves the recordings of one incarnation of the room; nothing: of the last that was recorded.
void keep_incarnation(ById& all, const std::optional<std::string>& given) {
  if (all.empty()) return;
  const std::string kept = given.value_or(all.begin()->second->incarnation);
  std::erase_if(all, [&](const auto& each) { return each.second->incarnation != kept; });
}

}  // namespace

std::string list_recordings(const Listing& listing,
                            const std::vector<std::shared_ptr<const Manifest>>& in_progress,
                            const Index& ended) {
  ById all;
  const auto add = [&](const Manifest& manifest) {
    if (listing.room.empty() || manifest.room == listing.room) all.emplace(manifest.id, &manifest);
  };
  for (const auto& manifest : in_progress) add(*manifest);
  for (const auto& [id, entry] : ended.entries()) add(entry.manifest);
  if (!listing.room.empty() && !listing.page.all_incarnations) {
    keep_incarnation(all, listing.incarnation);
  }
  std::vector<Manifest> shown;
  const PageQuery& page = listing.page;
  auto next = page.cursor.empty() ? all.begin() : all.upper_bound(page.cursor);
  for (; next != all.end() && shown.size() < page.limit; ++next) {
    shown.push_back(summary_of(*next->second));
  }
  const bool is_more = next != all.end() && !shown.empty();
  return list_json(shown, is_more ? shown.back().id : "");
}

}  // namespace veche::recording
