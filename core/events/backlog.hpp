// SPDX-License-Identifier: Apache-2.0
// Events on their way to the database: gives them their ids, holds them while the disk stalls, and
// says by events.gap what it had to drop. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "events/event.hpp"
#include "events/numbers.hpp"
#include "events/open_state.hpp"
#include "events/values.hpp"

namespace veche::events {

/// What one transaction writes.
struct Batch {
  std::vector<Event> events;  ///< By id.
  std::vector<ValueChange> values;
};

/// An event that finds the backlog full is dropped, and its id is used up. The ids of one run of
/// dropped events are covered by one `events.gap`, whose id is the last of them: so each id is that
/// of an event, or lies between `from` and `to` of a gap. The end of what the log has as begun is
/// never dropped; there are at most as many of these as participants and rooms.
class Backlog {
 public:
  static constexpr size_t kMaxBatch = 1000;
  static constexpr size_t kMaxBatchBytes = size_t{1024} * 1024;
  /// Events that wait have at most this size together, however few they are.
  static constexpr size_t kMaxBytes = size_t{64} * 1024 * 1024;

  /// `newest`: the last id that is in use. `open`: what the log has as open.
  Backlog(uint64_t newest, size_t max_waiting, OpenState open = OpenState());

  /// Gives the event its id and, unless `seq` is set, its number.
  void push(Event event);
  void change(ValueChange change);
  /// The batch to write next: one at a time, and the same again until written(). Null: nothing
  /// waits.
  std::shared_ptr<const Batch> take(int64_t now_unix_ms);
  /// The batch that was taken is committed.
  void written();
  /// Everything that is not committed, beside the batch that was taken.
  Batch take_rest(int64_t now_unix_ms);

  /// Changes of this space that are not committed, on top of what the database has.
  void overlay(const std::string& space, std::map<std::string, StoredValue>& values) const;

  /// The last id that is in use.
  uint64_t last_id() const { return last_id_; }
  /// Events that are not committed yet.
  size_t waiting() const { return queue_.size() + (taken_ ? taken_->events.size() : 0); }
  uint64_t dropped() const { return dropped_; }
  uint64_t dropped_values() const { return values_.dropped(); }

 private:
  bool is_full() const;
  void accept(Event event);
  void close_gap(int64_t now_unix_ms);

  const size_t max_waiting_;
  uint64_t last_id_;
  Numbers numbers_;
  OpenState open_;  ///< By the events that were accepted.
  std::deque<Event> queue_;
  size_t queued_bytes_ = 0;
  uint64_t gap_from_ = 0, gap_to_ = 0;  ///< 0: there is none.
  uint64_t dropped_ = 0;
  PendingValues values_;
  std::shared_ptr<const Batch> taken_;
};

/// The data of `events.gap`.
std::string gap_json(uint64_t from, uint64_t to, const std::string& reason);

}  // namespace veche::events
