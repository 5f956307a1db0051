// SPDX-License-Identifier: Apache-2.0
// SQLite with errors as values: a connection, and statements that are prepared once.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace veche::events {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using DatabasePtr = std::unique_ptr<sqlite3, CloseDatabase>;

/// A statement of a connection that outlives it. Errors of bind() show in the next step.
class Statement {
 public:
  Statement() = default;
  static Result<Statement> prepare(sqlite3* database, const char* sql);

  Statement& bind(int64_t value);
  /// `text` stays valid until the statement is reset.
  Statement& bind(std::string_view text);

  /// True: there is a row to read.
  Result<bool> step();
  /// Runs it to its end, and makes it ready for the next time.
  Status run();
  /// Ready for the next time.
  void reset();

  int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  /// Valid until the next step.
  std::string_view text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

/// What SQLite says of its last call on this connection, and the system's reason if it has one:
/// Internal where the database is corrupt, Conflict where another connection has locked it,
/// Unavailable otherwise.
Error last_error(sqlite3* database);
/// Several statements without values.
Status execute(sqlite3* database, const char* sql);
/// The integer of the first row of a statement without values; 0 where there is no row.
Result<int64_t> integer_of(sqlite3* database, const char* sql);

}  // namespace veche::events
