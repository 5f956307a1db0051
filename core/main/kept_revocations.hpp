// SPDX-License-Identifier: Apache-2.0
// Keeps what older join tokens no longer give in the event log's database, over restarts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "events/log.hpp"
#include "room/revocations.hpp"

namespace veche::main {

/// As it is stored: two numbers, of which none may be missing.
std::string text_of(const room::Revocations::Reach& reach);
/// Nothing: it is no such text.
std::optional<room::Revocations::Reach> parse_reach(std::string_view text);

/// [control] Restores what was kept before the restart, and keeps what changes from now on. All
/// references outlive the use. Errors as of events::Log::load(), which blocks.
Status keep_revocations(events::Log& log, room::Revocations& revocations);

}  // namespace veche::main
