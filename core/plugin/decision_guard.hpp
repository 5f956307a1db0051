// SPDX-License-Identifier: Apache-2.0
// Makes a controller's decision possible, and counts what was not. Pure.
#pragma once

#include <veche/controller.h>

#include <cstdint>

namespace veche::plugin {

/// Corrects it. Returns how many values were not possible.
uint64_t guard_decision(const veche_controlled_room& room, const veche_room_decision& decision,
                        uint32_t reason_count);

}  // namespace veche::plugin
