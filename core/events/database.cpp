// SPDX-License-Identifier: Apache-2.0
// The calls of SQLite's interface that the store needs.
#include "events/database.hpp"

#include <cstring>
#include <utility>

namespace veche::events {

namespace {

/// Only of these does the system's last error say why.
bool is_of_the_system(int code) {
  return code == SQLITE_IOERR || code == SQLITE_FULL || code == SQLITE_CANTOPEN ||
         code == SQLITE_READONLY || code == SQLITE_PERM;
}

}  // namespace

Error last_error(sqlite3* database) {
  const int code = sqlite3_errcode(database) & 0xff;
  std::string message = sqlite3_errmsg(database);
  if (const int reason = sqlite3_system_errno(database); reason != 0 && is_of_the_system(code)) {
    message.append(": ").append(std::strerror(reason));
  }
  switch (code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {ErrorCode::Internal, std::move(message)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {ErrorCode::Conflict, std::move(message)};
    default: return {ErrorCode::Unavailable, std::move(message)};
  }
}

Result<Statement> Statement::prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) !=
      SQLITE_OK) {
    return last_error(database);
  }
  Statement statement;
  statement.statement_.reset(raw);
  return statement;
}

Statement& Statement::bind(int64_t value) {
  sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(statement_.get(), ++bound_, text.data() ? text.data() : "", text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Result<bool> Statement::step() {
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: return last_error(sqlite3_db_handle(statement_.get()));
  }
}

Status Statement::run() {
  const Result<bool> stepped = step();
  reset();
  if (!stepped) return stepped.error();
  return Ok{};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  bound_ = 0;
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (!text) return {};
  return {text, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Status execute(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return last_error(database);
  }
  return Ok{};
}

Result<int64_t> integer_of(sqlite3* database, const char* sql) {
  Result<Statement> statement = Statement::prepare(database, sql);
  if (!statement) return statement.error();
  const Result<bool> has_row = statement->step();
  if (!has_row) return has_row.error();
  return *has_row ? statement->integer(0) : 0;
}

}  // namespace veche::events
