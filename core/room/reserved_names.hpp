// SPDX-License-Identifier: Apache-2.0
// The names that no plugin may have, because rooms, snapshots and events use them beside plugins'.
#pragma once

#include <string_view>

namespace veche::room {

/// True for the members of a room in the API, the keys of clients' snapshots, and the first words
/// of the server's own event types.
bool is_reserved_name(std::string_view name);

}  // namespace veche::room
