// SPDX-License-Identifier: Apache-2.0
// Times as text for people and machines.
#pragma once

#include <cstdint>
#include <string>

namespace veche {

/// [any] RFC 3339 in UTC with milliseconds: "2026-11-29T20:56:00.123Z". Times before 1970 and after
/// the year 9999 become the nearest that the format can say.
std::string rfc3339(int64_t unix_ms);

}  // namespace veche
