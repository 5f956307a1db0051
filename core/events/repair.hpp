// SPDX-License-Identifier: Apache-2.0
// veche --repair-events: puts a new event log into the place of a corrupt one.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace veche::events {

/// Checks the whole file. If it is sound nothing happens; if it is corrupt it is moved aside, under
/// its name with the time, and a new log begins in its place, whose first event is `events.gap`
/// with the reason "repaired". Its ids go on after those of the old one, as far as these can be
/// read; otherwise after the number of milliseconds since 1970, which no log has reached by
/// counting. No other process may use the file. Returns what it did, as a sentence; errors as of
/// open_database(), and NotFound.
Result<std::string> repair(const std::string& file, int64_t now_unix_ms);

}  // namespace veche::events
