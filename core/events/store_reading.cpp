// SPDX-License-Identifier: Apache-2.0
// Reads pages and values of the store, and drops what is too old.
#include <algorithm>
#include <utility>

#include "events/store.hpp"

namespace veche::events {
namespace {

/// Free pages of the file that are kept for events to come; more go back to the disk, some at a
/// time.
constexpr int64_t kFreePages = 1024;

}  // namespace

/// All but the data, which is read only where the filter takes the event.
void Store::take_row(const Statement& row, Event& event) {
  event.id = static_cast<uint64_t>(row.integer(0));
  event.room = row.text(1);
  event.incarnation = row.text(2);
  event.seq = static_cast<uint64_t>(row.integer(3));
  event.time_unix_ms = row.integer(4);
  event.type = row.text(5);
  event.participant = row.text(6);
}

Result<Page> Store::read(const Query& query) {
  PageMaker page(query, summary_.oldest, summary_.newest);
  Statement& rows = statements_[Read];
  rows.bind(static_cast<int64_t>(page.after())).bind(static_cast<int64_t>(kMaxScan));
  Event event;
  size_t scanned = 0;
  bool has_seen_all = false;
  while (!page.is_full()) {
    const Result<bool> has_row = rows.step();
    if (!has_row) {
      rows.reset();
      return has_row.error();
    }
    if (!*has_row) {
      has_seen_all = scanned < kMaxScan;
      break;
    }
    ++scanned;
    take_row(rows, event);
    if (!page.takes(event)) continue;
    event.data = rows.text(7);
    page.add(event);
  }
  rows.reset();
  return page.finish(has_seen_all);
}

Result<std::map<std::string, StoredValue>> Store::load(const std::string& space,
                                                       int64_t now_unix_ms) {
  std::map<std::string, StoredValue> values;
  Statement& rows = statements_[Load];
  rows.bind(space).bind(now_unix_ms);
  Result<bool> has_row = rows.step();
  for (; has_row && *has_row; has_row = rows.step()) {
    values[std::string(rows.text(0))] = {std::string(rows.text(1)), rows.integer(2)};
  }
  rows.reset();
  if (!has_row) return has_row.error();
  return values;
}

Result<std::vector<KeptEvent>> Store::oldest_events() {
  std::vector<KeptEvent> oldest;
  Statement& rows = statements_[Oldest];
  rows.bind(static_cast<int64_t>(kRetentionStep));
  Result<bool> has_row = rows.step();
  for (; has_row && *has_row; has_row = rows.step()) {
    oldest.push_back({static_cast<uint64_t>(rows.integer(0)), rows.integer(1)});
  }
  rows.reset();
  if (!has_row) return has_row.error();
  return oldest;
}

Result<bool> Store::clean(int64_t now_unix_ms) {
  const Result<std::vector<KeptEvent>> oldest = oldest_events();
  if (!oldest) return oldest.error();
  const Holdings holdings{summary_.bytes, count_};
  const size_t count = count_to_drop(limits_, holdings, *oldest, now_unix_ms);
  const Status cleaned = in_transaction([&]() -> Status {
    if (Status status = statements_[DropExpired].bind(now_unix_ms).run(); !status) return status;
    if (Status status = set_meta(kAlive, now_unix_ms); !status) return status;
    if (count == 0) return Ok{};
    return statements_[DropEvents].bind(static_cast<int64_t>((*oldest)[count - 1].id)).run();
  });
  if (!cleaned) return cleaned.error();
  if (count > 0) {
    count_ -= std::min<uint64_t>(count, count_);
    if (Status status = look(); !status) return status.error();
  }
  // What cannot be given back now stays for events to come.
  if (free_pages_ > kFreePages) {
    static_cast<void>(execute(database_.get(), "PRAGMA incremental_vacuum(256)"));
  }
  return count == kRetentionStep;
}

}  // namespace veche::events
