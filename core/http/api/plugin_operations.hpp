// SPDX-License-Identifier: Apache-2.0
// The routes of plugins as the API's document describes them.
#pragma once

#include <vector>

#include "http/protocol/router.hpp"
#include "plugin/host.hpp"

namespace veche::http {

/// What a plugin's route asks for (VECHE_ACCESS_*).
Access access_of(uint32_t access);

/// [control] Those of all running plugins, with /metrics where one serves it. Without handlers.
std::vector<Route> plugin_operations(const plugin::Host& host);

}  // namespace veche::http
