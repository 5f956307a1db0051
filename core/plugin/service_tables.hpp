// SPDX-License-Identifier: Apache-2.0
// The constant tables of the host services, as plugins see them.
#pragma once

#include <string_view>

namespace veche::plugin {

/// [any] The table of a service; null if this host does not have it.
const void* find_service_table(std::string_view id);

}  // namespace veche::plugin
