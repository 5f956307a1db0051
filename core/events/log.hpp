// SPDX-License-Identifier: Apache-2.0
// The event log of this server: takes events without ever blocking, and gives them to consumers
// once they are committed. See docs/events.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/metric.hpp"
#include "base/result.hpp"
#include "events/event.hpp"
#include "events/filter.hpp"
#include "events/page.hpp"
#include "events/settings.hpp"
#include "events/watches.hpp"
#include "glib/control_loop.hpp"

namespace veche::events {

/// [control] all of it.
class Log {
 public:
  /// Reads that wait for the log's thread. Those that find their events in memory do not wait.
  static constexpr size_t kMaxReads = 4096;

  using Values = std::vector<std::pair<std::string, std::string>>;

  /// Opens or makes the database `settings.file`, and closes in the log what a crash has left open;
  /// "" keeps events in memory alone. Blocks on the disk. The loop outlives the log. Errors name
  /// the file and what to do. Internal: it is corrupt (`--repair-events`). Conflict: another
  /// process uses it. Unsupported: a newer version has written it. Unavailable: it cannot be opened
  /// or written.
  static Result<std::unique_ptr<Log>> open(glib::ControlLoop& loop, const Settings& settings);
  /// Writes what waits, for Settings::end_ms at most; the log of the process says what was lost.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Hands one to the writer, and returns at once. The log assigns id and `seq`. While the disk
  /// stalls or refuses, events wait; beyond Settings::max_waiting the log drops new ones, and tells
  /// of it by `events.gap`.
  void append(Event event);
  /// Reads committed events. `done` is called once, later, on control, unless the log is destroyed
  /// before. Unavailable: too many reads wait, or the database cannot be read.
  void read(Query query, std::function<void(Result<Page>)> done);
  /// `committed` is called on control whenever new events were committed, with the newest id, never
  /// from within a call of the log. Watches may begin and end in it.
  [[nodiscard]] std::unique_ptr<Watch> watch(std::function<void(uint64_t newest)> committed);
  /// As in Page.
  uint64_t oldest() const;
  uint64_t newest() const;
  /// The id of the last event that was appended: newest() gets there.
  uint64_t last_id() const;

  /// Keeps a small value for the server, over restarts unless events are kept in memory alone. It
  /// is written with the next batch; until then the next value of its key replaces it. While the
  /// disk stalls at most PendingValues::kMax keys wait, and others are dropped and counted.
  /// `expires_unix_ms`: 0: never.
  void put(const std::string& space, const std::string& key, std::string value,
           int64_t expires_unix_ms);
  void erase(const std::string& space, const std::string& key);
  /// All values of a space that have not expired, by key, with what was put before. Blocks on the
  /// disk, so it is for the start. Errors as of open().
  Result<Values> load(const std::string& space);

  void put_metrics(MetricSink& sink) const;

 private:
  class State;
  explicit Log(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace veche::events
