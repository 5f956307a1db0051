// SPDX-License-Identifier: Apache-2.0
// The OpenAPI 3.1 document of this server. Pure.
#pragma once

#include <string>
#include <vector>

#include "http/protocol/router.hpp"

namespace veche::http {

/// Describes all `routes`, each once, as JSON.
std::string openapi_document(const std::vector<const Route*>& routes, const std::string& version);

}  // namespace veche::http
