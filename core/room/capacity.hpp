// SPDX-License-Identifier: Apache-2.0
// What the server can carry: the limit of each resource, what is used and promised, and for how
// many more participants the rest is enough.
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

/// What the system says of this process. Nothing: unknown, and sets no bound.
struct SystemReading {
  std::optional<ResourceUse> descriptors, tasks, memory_bytes;
};

/// What present participants use, or have been promised.
struct Carried {
  int64_t participants = 0;
  int64_t max_participants = 0;  ///< By the configuration.
  int64_t awaited_events = 0;    ///< Participants whose clients have no event connection yet.
  ResourceUse media_ports;       ///< UDP ports of the configuration, on each address.
  int64_t connected = 0;         ///< Sessions; only to estimate the lanes' head-room.
  int64_t lanes = 0;
  int lane_percent = 0;  ///< The mean of all lanes.
  bool lanes_are_full = false;
  /// The sums for sessions that may not use their shares yet.
  int64_t promised_descriptors = 0, promised_tasks = 0, promised_memory_bytes = 0;
};

struct ResourceState {
  const char* name = "";
  int64_t limit = 0;
  int64_t used = 0;
  int64_t promised = 0;         ///< To present participants, and not in `used` yet.
  int64_t reserve = 0;          ///< Kept for clients that reconnect, for the API and for plugins.
  int64_t joining = 0;          ///< What a participant needs while joining.
  int64_t per_participant = 0;  ///< And afterwards.
  /// How many more participants may join, one after the other; nothing: this resource sets no bound
  /// now.
  std::optional<int64_t> head_room;
};

struct CapacityReport {
  std::vector<ResourceState> resources;
  int64_t head_room = 0;  ///< The smallest of them, in participants.
  size_t bound_by = 0;    ///< The index of that resource.

  const ResourceState& bound() const { return resources[bound_by]; }
  /// "tasks: limit 512, 490 used, 10 promised, 64 in reserve"
  std::string bound_text() const;
};

/// Pure. `cost`: of a session on the path in question.
CapacityReport weigh(const SystemReading& system, const Carried& carried,
                     const media::SessionCost& cost);

/// How much of a descriptor limit new participants may not use.
int64_t descriptor_reserve(int64_t limit);

}  // namespace veche::room
