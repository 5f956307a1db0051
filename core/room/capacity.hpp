// SPDX-License-Identifier: Apache-2.0
// What the server can carry: for each resource what there is, what is used and promised, and for
// how many more participants that is enough.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/session_cost.hpp"

namespace veche::room {

struct ResourceUse {
  int64_t limit = 0;
  int64_t used = 0;
};

/// What the system says of this process. Nothing: it is not known, and bounds nothing.
struct SystemReading {
  std::optional<ResourceUse> descriptors, tasks, memory_bytes;
};

/// What is used by, or promised to, people who are there.
struct Carried {
  int64_t participants = 0;
  int64_t max_participants = 0;  ///< By the configuration.
  int64_t awaited_events = 0;    ///< Participants whose clients have no event connection yet.
  ResourceUse media_ports;       ///< UDP ports of the configuration, of each address.
  int64_t connected = 0;         ///< Sessions; only for an estimate of the lanes' head-room.
  int64_t lanes = 0;
  int lane_percent = 0;  ///< Of the busiest lane.
  bool lanes_are_full = false;
  /// Of sessions that may not have taken their shares yet, added up.
  int64_t promised_descriptors = 0, promised_tasks = 0, promised_memory_bytes = 0;
};

struct ResourceState {
  const char* name = "";
  int64_t limit = 0;
  int64_t used = 0;
  int64_t promised = 0;         ///< To participants who are there, and not in `used` yet.
  int64_t reserve = 0;          ///< Kept for whoever reconnects, for the API and for plugins.
  int64_t joining = 0;          ///< What somebody needs while joining.
  int64_t per_participant = 0;  ///< And afterwards.
  /// How many more people may come, one after the other; nothing: this resource sets no bound now.
  std::optional<int64_t> head_room;
};

struct CapacityReport {
  std::vector<ResourceState> resources;
  int64_t head_room = 0;  ///< The least of them, in participants.
  size_t bound_by = 0;    ///< Index of the resource with that.

  const ResourceState& bound() const { return resources[bound_by]; }
  /// "tasks: limit 512, 490 used, 10 promised, 64 in reserve"
  std::string bound_text() const;
};

/// Pure. `cost` is that of a session on the path that is asked for.
CapacityReport weigh(const SystemReading& system, const Carried& carried,
                     const media::SessionCost& cost);

/// How much of a descriptor limit is kept back from newcomers.
int64_t descriptor_reserve(int64_t limit);

}  // namespace veche::room
