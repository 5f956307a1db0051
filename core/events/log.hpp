// SPDX-License-Identifier: Apache-2.0
// The event log of this server: takes events without ever blocking, and gives them to consumers
// once they are committed.
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
#include "events/settings.hpp"
#include "glib/control_loop.hpp"

namespace veche::events {

struct Page {
  std::vector<Event> events;  ///< By id.
  /// Continue with this: the last id looked at, also where the filter took nothing.
  uint64_t next_after = 0;
  /// The first id that the log still has, and the last that was ever committed. Without events they
  /// are newest + 1 and newest (1 and 0 in a new log).
  uint64_t oldest = 1, newest = 0;
  /// `after` is older than what is kept (after + 1 < oldest), or newer than `newest`: events are
  /// missing before the first, and the page begins with the oldest.
  bool is_reset = false;
};

struct Query {
  uint64_t after = 0;
  size_t limit = 100;  ///< At least 1; a page has at most Log::kMaxPage events.
  Filter filter;
};

/// A subscription to commits, which ends with the object. It may outlive the log.
class Watch {
 public:
  virtual ~Watch() = default;
};

/// [control] all of it.
class Log {
 public:
  static constexpr size_t kMaxPage = 1000;                      ///< Events.
  static constexpr size_t kMaxPageBytes = size_t{1024} * 1024;  ///< About; one event fits always.
  /// Reads that wait for the log's thread. Those that find their events in memory do not wait.
  static constexpr size_t kMaxReads = 4096;
  /// Keys that wait to be written. Beyond that put() and erase() of further keys change memory
  /// alone.
  static constexpr size_t kMaxValuesWaiting = 10'000;

  using Values = std::vector<std::pair<std::string, std::string>>;

  /// Opens or makes the database `settings.file`, and closes in the log what a crash has left open;
  /// "" keeps events in memory alone. Blocks on the disk. The loop outlives the log. Internal names
  /// the file and what to do: it is corrupt (`--repair-events`), another process uses it, a newer
  /// version has written it, it cannot be written.
  static Result<std::unique_ptr<Log>> open(glib::ControlLoop& loop, const Settings& settings);
  /// Writes what waits, for Settings::end_ms at most.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Hands one to the writer, and returns at once. The log assigns the id, and the `seq` of an
  /// event without a room. While the disk stalls or refuses, events wait; beyond
  /// Settings::max_waiting the log drops new ones and tells of it by `events.gap`.
  void append(Event event);
  /// Reads committed events. `done` is called once, later, on control, unless the log is destroyed
  /// before. Unavailable: too many reads wait. Internal: the database cannot be read.
  void read(Query query, std::function<void(Result<Page>)> done);
  /// `committed` is called on control whenever new events were committed, with the newest id, never
  /// from within a call of the log. Watches may begin and end in it.
  [[nodiscard]] std::unique_ptr<Watch> watch(std::function<void(uint64_t newest)> committed);
  /// As in Page.
  uint64_t oldest() const;
  uint64_t newest() const;

  /// Keeps a small value for the server, over restarts unless events are kept in memory alone.
  /// Written with the next batch; a value that waits is replaced by the next of its key.
  /// `expires_unix_ms`: 0: never.
  void put(const std::string& space, const std::string& key, std::string value,
           int64_t expires_unix_ms);
  void erase(const std::string& space, const std::string& key);
  /// All values of a space that have not expired, by key, with what was put before this call.
  /// `done` as with read().
  void load(const std::string& space, std::function<void(Result<Values>)> done);

  void put_metrics(MetricSink& sink) const;

 private:
  class State;
  explicit Log(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace veche::events
