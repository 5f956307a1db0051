// SPDX-License-Identifier: Apache-2.0
// A room's request to the lane that carries a session.
#pragma once

#include <cstdint>

#include "base/ids.hpp"

namespace veche::media {

/// The slot gets this track from the next packet on; without a track it becomes free.
struct SlotFill {
  SessionId session;
  uint32_t slot = 0;
  TrackId track;
  uint32_t lane = 0;  ///< Lane::index() of the session's lane.
};

}  // namespace veche::media
