// SPDX-License-Identifier: Apache-2.0
// The constant table of the host service veche.http/1, with which plugins answer requests.
#pragma once

#include <veche/http_routes.h>

namespace veche::plugin {

/// [any]
const veche_http* http_service();

}  // namespace veche::plugin
