// SPDX-License-Identifier: Apache-2.0
// The file of the event log: makes it, or makes sure that it is one, sound, and ours alone.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "events/database.hpp"

namespace veche::events {

/// How much of an existing file is checked.
enum class Check {
  Brief = 1,  ///< As much as takes a second.
  Whole,
};

/// Opens the file, or makes a new one; "" is a database in memory. The connection has locked it for
/// itself, and writes ahead (WAL). Errors say the file and what to do. Internal: it is corrupt,
/// which only repair() mends. Conflict: another process uses it. Unsupported: a newer version has
/// written it, or another program. Unavailable: it cannot be opened or written.
Result<DatabasePtr> open_database(const std::string& file, Check check);

/// The error of a statement, with the file and what to do.
Error problem_with(const std::string& file, const Error& error);

}  // namespace veche::events
