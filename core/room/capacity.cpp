// SPDX-License-Identifier: Apache-2.0
// The arithmetic of head-room, which docs/operations.md explains.
#include "room/capacity.hpp"

#include <algorithm>

#include "room/lane_load.hpp"

namespace veche::room {
namespace {

/// The connection on which a client receives its events.
constexpr int64_t kEventDescriptors = 1;
/// Below this the lanes' load says little about what one more participant costs.
constexpr int kTellingLanePercent = 10;
constexpr int64_t kMiB = int64_t{1024} * 1024;

int64_t part_of(int64_t limit, int64_t part, int64_t most) { return std::min(limit / part, most); }

ResourceState countable(const char* name, ResourceUse use, int64_t promised, int64_t reserve,
                        media::SessionShare share) {
  ResourceState state{name, use.limit, use.used, promised, reserve, share.joining, share.connected};
  const int64_t free = use.limit - use.used - promised - reserve;
  if (free < share.joining) {
    state.head_room = 0;
  } else if (share.connected > 0) {
    state.head_room = 1 + (free - share.joining) / share.connected;
  }
  return state;
}

ResourceState lanes(const Carried& carried, const media::SessionCost& cost) {
  const int percent = carried.lane_percent;
  ResourceState state{"lane_load_percent", LaneLoad::kFullPercent, percent};
  if (carried.lanes_are_full) {
    state.head_room = 0;
  } else if (percent >= kTellingLanePercent && carried.connected > 0) {
    // At what each present participant costs now.
    const int64_t free = std::max(0, LaneLoad::kFullPercent - percent);
    state.head_room = std::max<int64_t>(1, carried.connected * free / percent);
  } else if (carried.lanes > 0 && cost.cpu_us_per_s > 0) {
    // An expectation for as long as there is nothing to measure: the server refuses no participant
    // for it.
    constexpr int64_t kFullUsPerS = 1'000'000 * LaneLoad::kFullPercent / 100;
    const int64_t people = carried.lanes * kFullUsPerS / cost.cpu_us_per_s;
    state.head_room = std::max<int64_t>(1, people - carried.connected);
  }
  return state;
}

}  // namespace

int64_t descriptor_reserve(int64_t limit) { return part_of(limit, 8, 512); }

CapacityReport weigh(const SystemReading& system, const Carried& carried,
                     const media::SessionCost& cost) {
  CapacityReport report;
  std::vector<ResourceState>& resources = report.resources;
  if (const auto& use = system.descriptors) {
    const media::SessionShare share{cost.descriptors.joining + kEventDescriptors,
                                    cost.descriptors.connected + kEventDescriptors};
    const int64_t promised =
        carried.promised_descriptors + carried.awaited_events * kEventDescriptors;
    resources.push_back(
        countable("descriptors", *use, promised, descriptor_reserve(use->limit), share));
  }
  if (const auto& use = system.tasks) {
    resources.push_back(
        countable("tasks", *use, carried.promised_tasks, part_of(use->limit, 8, 512), cost.tasks));
  }
  if (const auto& use = system.memory_bytes) {
    resources.push_back(countable("memory_bytes", *use, carried.promised_memory_bytes,
                                  part_of(use->limit, 10, 256 * kMiB), cost.memory_bytes));
  }
  resources.push_back(countable("media_ports", carried.media_ports, 0, 0, cost.ports));
  resources.push_back(lanes(carried, cost));
  resources.push_back(
      countable("participants", {carried.max_participants, carried.participants}, 0, 0, {1, 1}));
  // The last resource always has a bound.
  report.bound_by = resources.size() - 1;
  for (size_t i = 0; i < resources.size(); ++i) {
    if (resources[i].head_room && *resources[i].head_room < *report.bound().head_room) {
      report.bound_by = i;
    }
  }
  report.head_room = *report.bound().head_room;
  return report;
}

std::string CapacityReport::bound_text() const {
  const ResourceState& by = bound();
  const auto part = [](int64_t value, const char* what) {
    return value == 0 ? std::string() : ", " + std::to_string(value) + what;
  };
  return std::string(by.name) + ": limit " + std::to_string(by.limit) + ", " +
         std::to_string(by.used) + " used" + part(by.promised, " promised") +
         part(by.reserve, " in reserve");
}

}  // namespace veche::room
