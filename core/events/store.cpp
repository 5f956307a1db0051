// SPDX-License-Identifier: Apache-2.0
// The statements, and the transactions that they make up.
#include "events/store.hpp"

#include <iterator>
#include <utility>

namespace veche::events {
namespace {

/// In the order of Store::Sql.
constexpr const char* kSql[] = {
    "INSERT OR REPLACE INTO events(id, room, incarnation, seq, time_unix_ms, type, participant, "
    "data)"
    " VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO open_rooms(incarnation, room, begun_unix_ms, last_seq)"
    " VALUES(?, ?, ?, 0)",
    "UPDATE open_rooms SET last_seq = ? WHERE incarnation = ?",
    "DELETE FROM open_rooms WHERE incarnation = ?",
    "DELETE FROM open_participants WHERE incarnation = ?",
    "INSERT OR REPLACE INTO open_participants(incarnation, participant, begun_unix_ms)"
    " VALUES(?, ?, ?)",
    "DELETE FROM open_participants WHERE incarnation = ? AND participant = ?",
    "INSERT OR REPLACE INTO meta(name, value) VALUES(?, ?)",
    "INSERT OR REPLACE INTO kv(space, key, value, expires_unix_ms) VALUES(?, ?, ?, ?)",
    "DELETE FROM kv WHERE space = ? AND key = ?",
    "DELETE FROM kv WHERE (space, key) IN (SELECT space, key FROM kv"
    " WHERE expires_unix_ms > 0 AND expires_unix_ms <= ? LIMIT 500)",
    "SELECT id, time_unix_ms FROM events ORDER BY id LIMIT ?",
    "DELETE FROM events WHERE id <= ?",
    "SELECT id, room, incarnation, seq, time_unix_ms, type, participant, data FROM events"
    " WHERE id > ? ORDER BY id LIMIT ?",
    "SELECT key, value, expires_unix_ms FROM kv"
    " WHERE space = ? AND (expires_unix_ms = 0 OR expires_unix_ms > ?)",
};

int64_t signed_id(uint64_t id) { return static_cast<int64_t>(id); }

}  // namespace

Store::Store(DatabasePtr database, const RetentionLimits& limits)
    : database_(std::move(database)), limits_(limits) {
  static_assert(std::size(kSql) == SqlCount);
}

Result<std::unique_ptr<Store>> Store::open(const std::string& file, const RetentionLimits& limits,
                                           Check check) {
  Result<DatabasePtr> database = open_database(file, check);
  if (!database) return database.error();
  std::unique_ptr<Store> store(new Store(std::move(*database), limits));
  Status status = store->prepare();
  if (status) status = store->look();
  if (!status) return problem_with(file, status.error());
  return store;
}

Status Store::prepare() {
  for (size_t i = 0; i < SqlCount; ++i) {
    Result<Statement> statement = Statement::prepare(database_.get(), kSql[i]);
    if (!statement) return statement.error();
    statements_[i] = std::move(*statement);
  }
  return Ok{};
}

Status Store::look() {
  const Result<int64_t> newest =
      integer_of(database_.get(),
                 "SELECT max(coalesce((SELECT max(id) FROM events), 0),"
                 " coalesce((SELECT value FROM meta WHERE name = 'newest_id'), 0))");
  if (!newest) return newest.error();
  const Result<int64_t> oldest = integer_of(database_.get(), "SELECT min(id) FROM events");
  if (!oldest) return oldest.error();
  summary_.newest = static_cast<uint64_t>(*newest);
  summary_.oldest = *oldest > 0 ? static_cast<uint64_t>(*oldest) : summary_.newest + 1;
  return measure();
}

Status Store::measure() {
  const Result<int64_t> pages = integer_of(database_.get(), "PRAGMA page_count");
  if (!pages) return pages.error();
  const Result<int64_t> free = integer_of(database_.get(), "PRAGMA freelist_count");
  if (!free) return free.error();
  const Result<int64_t> size = integer_of(database_.get(), "PRAGMA page_size");
  if (!size) return size.error();
  summary_.bytes = (*pages - *free) * *size;
  free_pages_ = *free;
  return Ok{};
}

Result<OpenState::Rooms> Store::open_rooms() {
  OpenState::Rooms rooms;
  const auto each = [this](const char* sql, auto take) -> Status {
    Result<Statement> rows = Statement::prepare(database_.get(), sql);
    if (!rows) return rows.error();
    for (;;) {
      const Result<bool> has_row = rows->step();
      if (!has_row) return has_row.error();
      if (!*has_row) return Ok{};
      take(*rows);
    }
  };
  Status status = each(
      "SELECT incarnation, room, begun_unix_ms, last_seq FROM open_rooms", [&](Statement& row) {
        rooms[std::string(row.text(0))] = {
            std::string(row.text(1)), row.integer(2), static_cast<uint64_t>(row.integer(3)), {}};
      });
  if (!status) return status.error();
  status = each("SELECT incarnation, participant, begun_unix_ms FROM open_participants",
                [&](Statement& row) {
                  const auto room = rooms.find(std::string(row.text(0)));
                  if (room == rooms.end()) return;
                  room->second.participants[std::string(row.text(1))] = row.integer(2);
                });
  if (!status) return status.error();
  return rooms;
}

Result<int64_t> Store::alive_unix_ms() {
  return integer_of(database_.get(), "SELECT value FROM meta WHERE name = 'alive_unix_ms'");
}

Status Store::in_transaction(const std::function<Status()>& work) {
  if (Status begun = execute(database_.get(), "BEGIN IMMEDIATE"); !begun) return begun;
  Status status = work();
  if (status) status = execute(database_.get(), "COMMIT");
  // SQLite takes some failures back by itself.
  if (!status && sqlite3_get_autocommit(database_.get()) == 0) {
    static_cast<void>(execute(database_.get(), "ROLLBACK"));
  }
  return status;
}

Status Store::write(const Batch& batch, int64_t now_unix_ms) {
  Status written = in_transaction([&]() -> Status {
    for (const Event& event : batch.events) {
      if (Status status = write_event(event); !status) return status;
    }
    if (Status status = write_values(batch.values); !status) return status;
    if (batch.events.empty()) return set_meta(kAlive, now_unix_ms);
    if (Status status = set_meta(kNewest, signed_id(batch.events.back().id)); !status) {
      return status;
    }
    return set_meta(kAlive, now_unix_ms);
  });
  if (!written) return written;
  if (!batch.events.empty()) {
    if (summary_.oldest > summary_.newest) summary_.oldest = batch.events.front().id;
    summary_.newest = batch.events.back().id;
    count_ += batch.events.size();
  }
  return measure();
}

Status Store::write_event(const Event& event) {
  Status inserted = statements_[Insert]
                        .bind(signed_id(event.id))
                        .bind(event.room)
                        .bind(event.incarnation)
                        .bind(signed_id(event.seq))
                        .bind(event.time_unix_ms)
                        .bind(event.type)
                        .bind(event.participant)
                        .bind(event.data)
                        .run();
  if (!inserted || event.room.empty()) return inserted;
  return write_turn(event);
}

Status Store::write_turn(const Event& event) {
  const Turn turn = turn_of(event);
  if (turn == Turn::RoomEnds) {
    Status status = statements_[EmptyRoom].bind(event.incarnation).run();
    if (!status) return status;
    return statements_[EndRoom].bind(event.incarnation).run();
  }
  if (turn == Turn::RoomBegins || turn == Turn::ParticipantBegins) {
    Status status = statements_[BeginRoom]
                        .bind(event.incarnation)
                        .bind(event.room)
                        .bind(event.time_unix_ms)
                        .run();
    if (!status) return status;
  }
  if (turn == Turn::ParticipantBegins) {
    Status status = statements_[BeginParticipant]
                        .bind(event.incarnation)
                        .bind(event.participant)
                        .bind(event.time_unix_ms)
                        .run();
    if (!status) return status;
  }
  if (turn == Turn::ParticipantEnds) {
    Status status =
        statements_[EndParticipant].bind(event.incarnation).bind(event.participant).run();
    if (!status) return status;
  }
  return statements_[NumberRoom].bind(signed_id(event.seq)).bind(event.incarnation).run();
}

Status Store::write_values(const std::vector<ValueChange>& changes) {
  for (const ValueChange& change : changes) {
    Status status = Ok{};
    if (change.to) {
      status = statements_[PutValue]
                   .bind(change.space)
                   .bind(change.key)
                   .bind(change.to->value)
                   .bind(change.to->expires_unix_ms)
                   .run();
    } else {
      status = statements_[EraseValue].bind(change.space).bind(change.key).run();
    }
    if (!status) return status;
  }
  return Ok{};
}

Status Store::set_meta(const char* name, int64_t value) {
  return statements_[SetMeta].bind(std::string_view(name)).bind(value).run();
}

void Store::close() {
  for (Statement& statement : statements_) statement = Statement();
  database_.reset();
}

}  // namespace veche::events
