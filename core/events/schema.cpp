// SPDX-License-Identifier: Apache-2.0
// The tables, and what can be wrong with a file.
#include "events/schema.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/time.hpp"

namespace veche::events {
namespace {

constexpr int64_t kApplication = 0x56434845;  // "VCHE"
constexpr int64_t kVersion = 1;
constexpr mode_t kMode = 0640;
constexpr int64_t kBriefCheckNs = kNsPerS;
constexpr int kCheckSteps = 10'000;  ///< Of SQLite's machine, between two looks at the clock.

/// A sync of each commit: what was delivered is there after a power cut, so no id is used twice.
constexpr const char* kSettings =
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA journal_size_limit = 4194304;";

constexpr const char* kTables = R"sql(
BEGIN;
CREATE TABLE events(
  id INTEGER PRIMARY KEY, room TEXT NOT NULL, incarnation TEXT NOT NULL, seq INTEGER NOT NULL,
  time_unix_ms INTEGER NOT NULL, type TEXT NOT NULL, participant TEXT NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE TABLE open_rooms(
  incarnation TEXT PRIMARY KEY, room TEXT NOT NULL, begun_unix_ms INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE open_participants(
  incarnation TEXT NOT NULL, participant TEXT NOT NULL, begun_unix_ms INTEGER NOT NULL,
  PRIMARY KEY(incarnation, participant)
) STRICT, WITHOUT ROWID;
CREATE TABLE kv(
  space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires_unix_ms INTEGER NOT NULL,
  PRIMARY KEY(space, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX kv_by_expiry ON kv(expires_unix_ms) WHERE expires_unix_ms > 0;
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
PRAGMA application_id = 1447249989;
PRAGMA user_version = 1;
COMMIT;
)sql";
static_assert(kApplication == 1447249989 && kVersion == 1, "as in the statements above");

/// True: the file was made now, and is empty.
Result<bool> make_file(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
  if (descriptor >= 0) {
    ::close(descriptor);
    return true;
  }
  struct stat status {};
  // A file that has lost its content must not become a log without events. Other errors are
  // SQLite's to report.
  if (errno == EEXIST && ::stat(file.c_str(), &status) == 0 && status.st_size == 0) {
    return internal("it is empty");
  }
  return false;
}

Status make_tables(sqlite3* database) {
  // Before the first table, so that retention can give space back to the disk.
  if (Status status = execute(database, "PRAGMA auto_vacuum = INCREMENTAL"); !status) return status;
  return execute(database, kTables);
}

Status check_identity(sqlite3* database) {
  const Result<int64_t> application = integer_of(database, "PRAGMA application_id");
  if (!application) return application.error();
  if (*application != kApplication) {
    return Error{ErrorCode::Unsupported,
                 "is a database of another program; give events.file another name"};
  }
  const Result<int64_t> version = integer_of(database, "PRAGMA user_version");
  if (!version) return version.error();
  if (*version == kVersion) return Ok{};
  return Error{ErrorCode::Unsupported,
               "has version " + std::to_string(*version) + "; this Veche reads version " +
                   std::to_string(kVersion) +
                   ". Run the Veche that has written it, or move it away to begin a new log"};
}

Status check_pages(sqlite3* database, Check check) {
  const int64_t end_ns = monotonic_ns() + kBriefCheckNs;
  if (check == Check::Brief) {
    const auto is_late = +[](void* end) -> int {
      return monotonic_ns() >= *static_cast<const int64_t*>(end) ? 1 : 0;
    };
    sqlite3_progress_handler(database, kCheckSteps, is_late, const_cast<int64_t*>(&end_ns));
  }
  Result<Statement> statement = Statement::prepare(database, "PRAGMA quick_check(1)");
  const Result<bool> has_row = statement ? statement->step() : statement.error();
  const bool is_out_of_time = (sqlite3_errcode(database) & 0xff) == SQLITE_INTERRUPT;
  sqlite3_progress_handler(database, 0, nullptr, nullptr);
  if (is_out_of_time) return Ok{};
  if (!has_row) return has_row.error();
  if (*has_row && statement->text(0) != "ok") return internal(std::string(statement->text(0)));
  return Ok{};
}

Status use_wal(sqlite3* database) {
  Result<Statement> statement = Statement::prepare(database, "PRAGMA journal_mode = WAL");
  if (!statement) return statement.error();
  const Result<bool> has_row = statement->step();
  if (!has_row) return has_row.error();
  if (*has_row && statement->text(0) == "wal") return Ok{};
  return Error{ErrorCode::Unavailable, "it takes no write-ahead log"};
}

Status prepare_file(sqlite3* database, bool is_new, Check check) {
  // The lock comes with the first read, and stays.
  if (Status status = execute(database, "PRAGMA locking_mode = EXCLUSIVE"); !status) return status;
  if (Status status = execute(database, kSettings); !status) return status;
  if (is_new) {
    if (Status status = make_tables(database); !status) return status;
  } else {
    if (Status status = check_identity(database); !status) return status;
    if (sqlite3_db_readonly(database, "main") == 1) {
      return Error{ErrorCode::Unavailable, "it is read-only"};
    }
    if (Status status = check_pages(database, check); !status) return status;
  }
  return use_wal(database);
}

Result<DatabasePtr> connect(const std::string& name) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(name.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  DatabasePtr database(raw);
  if (!database) return Error{ErrorCode::Unavailable, "there is no memory"};
  if (code != SQLITE_OK) return last_error(database.get());
  return database;
}

}  // namespace

Error problem_with(const std::string& file, const Error& error) {
  const std::string name = "the event log " + file;
  switch (error.code) {
    case ErrorCode::Internal:
      return internal(
          name + " is corrupt (" + error.message +
          "): veche --repair-events FILE, with the configuration's file, moves it aside "
          "and begins a new log that says so");
    case ErrorCode::Conflict:
      return {error.code, name +
                              " is in use by another process; end that process, or give this "
                              "server another events.file"};
    case ErrorCode::Unsupported: return {error.code, name + " " + error.message};
    default:
      return {error.code, name + " cannot be used: " + error.message +
                              "; its directory has to exist, have space, and be writable for the "
                              "user of the server"};
  }
}

Result<DatabasePtr> open_database(const std::string& file, Check check) {
  if (file.empty()) {
    Result<DatabasePtr> database = connect(":memory:");
    if (!database) return database.error();
    if (Status status = make_tables(database->get()); !status) return status.error();
    return database;
  }
  const Result<bool> is_new = make_file(file);
  if (!is_new) return problem_with(file, is_new.error());
  Result<DatabasePtr> database = connect(file);
  if (!database) return problem_with(file, database.error());
  if (Status status = prepare_file(database->get(), *is_new, check); !status) {
    database->reset();
    if (*is_new) ::unlink(file.c_str());
    return problem_with(file, status.error());
  }
  return database;
}

}  // namespace veche::events
