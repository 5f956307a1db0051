// SPDX-License-Identifier: Apache-2.0
// Tables of host services that have a file of their own.
#pragma once

#include <veche/host.h>

namespace veche::plugin {

extern const veche_metrics kMetricsService;
extern const veche_rooms kRoomsService;

}  // namespace veche::plugin
