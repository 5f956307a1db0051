// SPDX-License-Identifier: Apache-2.0
// The edge to SQLite: writes batches, reads pages, keeps what is open, and drops what is too old.
// See docs/events.md.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "events/backlog.hpp"
#include "events/database.hpp"
#include "events/open_state.hpp"
#include "events/page.hpp"
#include "events/retention.hpp"
#include "events/schema.hpp"
#include "events/values.hpp"

namespace veche::events {

/// One thread at a time, and it may block for as long as the disk does. Errors carry what SQLite
/// and the system say.
class Store {
 public:
  /// Events that one read looks at: it answers with what it has found by then.
  static constexpr size_t kMaxScan = 10'000;

  struct Summary {
    uint64_t oldest = 1, newest = 0;  ///< As in Page.
    int64_t bytes = 0;                ///< Of the database, without the pages that are free.
  };

  /// Errors: see open_database(). "": in memory.
  static Result<std::unique_ptr<Store>> open(const std::string& file, const RetentionLimits& limits,
                                             Check check = Check::Brief);

  const Summary& summary() const { return summary_; }
  /// What the log has as open.
  Result<OpenState::Rooms> open_rooms();
  /// When it was last written to; 0: never.
  Result<int64_t> alive_unix_ms();

  /// All of the batch in one transaction, or nothing. Once more does no harm.
  Status write(const Batch& batch, int64_t now_unix_ms);
  Result<Page> read(const Query& query);
  /// Those of a space that have not expired.
  Result<std::map<std::string, StoredValue>> load(const std::string& space, int64_t now_unix_ms);
  /// One small step of what retention demands, and a sign of life. True: there is more to do.
  Result<bool> clean(int64_t now_unix_ms);
  /// Ends the connection; nothing else may be called after that.
  void close();

 private:
  enum Sql : size_t {
    Insert,
    BeginRoom,
    NumberRoom,
    EndRoom,
    EmptyRoom,
    BeginParticipant,
    EndParticipant,
    SetMeta,
    PutValue,
    EraseValue,
    DropExpired,
    Oldest,
    DropEvents,
    Read,
    Load,
    SqlCount,
  };
  static constexpr const char *kNewest = "newest_id", *kAlive = "alive_unix_ms";

  explicit Store(DatabasePtr database, const RetentionLimits& limits);
  Status prepare();
  Status look();
  Status measure();
  Status in_transaction(const std::function<Status()>& work);
  Status write_event(const Event& event);
  Status write_turn(const Event& event);
  Status write_values(const std::vector<ValueChange>& changes);
  Status set_meta(const char* name, int64_t value);
  Result<std::vector<KeptEvent>> oldest_events();
  static void take_row(const Statement& row, Event& event);

  DatabasePtr database_;  ///< Before the statements, which end first.
  const RetentionLimits limits_;
  std::array<Statement, SqlCount> statements_;
  Summary summary_;
  int64_t free_pages_ = 0;
  uint64_t count_ = 0;  ///< Events; counted only where their number has a limit.
};

}  // namespace veche::events
