// SPDX-License-Identifier: Apache-2.0
// Hands batches to the log's thread one after the other, so that what comes meanwhile makes up the
// next one.
#include "events/log.hpp"

#include <cassert>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "events/backlog.hpp"
#include "events/log_counters.hpp"
#include "events/log_thread.hpp"
#include "events/tail.hpp"

namespace veche::events {
namespace {

/// A disk that is full gets some time before the next attempt.
constexpr uint32_t kRetryMs = 1000;
/// Retention, and the sign of life that says until when a participant was there if the server dies.
constexpr uint32_t kCleanMs = 10'000;
constexpr int64_t kMsPerDay = int64_t{24} * 3600 * 1000;
constexpr int64_t kMegabyte = int64_t{1024} * 1024;

/// What one attempt to write came to.
struct Written {
  Status status;
  Store::Summary summary;
  int64_t took_ns;
};

struct Cleaned {
  Result<bool> has_more;
  Store::Summary summary;
};

RetentionLimits limits_of(const Settings& settings) {
  return {.age_ms = settings.retention_days * kMsPerDay,
          .bytes = settings.max_mb * kMegabyte,
          .events = settings.file.empty() ? settings.max_memory_events : 0};
}

/// The database leaves these out; values that wait for it may have expired, too.
bool has_expired(const StoredValue& value, int64_t now_unix_ms) {
  return value.expires_unix_ms > 0 && value.expires_unix_ms <= now_unix_ms;
}

}  // namespace

class Log::State {
 public:
  State(glib::ControlLoop& loop, const Settings& settings, std::unique_ptr<Store> store,
        OpenState open)
      : loop_(loop),
        settings_(settings),
        summary_(store->summary()),
        backlog_(summary_.newest, settings.max_waiting, std::move(open)),
        tail_(summary_.newest),
        thread_(loop, std::move(store)),
        alive_(std::make_shared<bool>(true)) {
    clean_timer_ = loop_.every(kCleanMs, [this] { clean(); });
  }
  ~State() { end(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void append(Event event) {
    assert(is_on_control());
    if (event.type == kSpeakerType && !settings_.speakers) return;
    event.seq = 0;
    const uint64_t dropped = backlog_.dropped();
    backlog_.push(std::move(event));
    if (dropped != backlog_.dropped()) {
      log::error("events", std::to_string(settings_.max_waiting) + " events wait for the disk of " +
                               settings_.file + ": new ones are dropped until it is written again");
    }
    write();
  }

  /// With the ids that come next, and the numbers that they have.
  void append_ends(std::vector<Event> ends) {
    for (Event& event : ends) backlog_.push(std::move(event));
    write();
  }

  void change(ValueChange change) {
    assert(is_on_control());
    const uint64_t dropped = backlog_.dropped_values();
    backlog_.change(std::move(change));
    if (dropped != backlog_.dropped_values()) {
      log::error("events", "too many values wait for the disk of " + settings_.file +
                               ": what the server should remember over a restart is lost");
    }
    write();
  }

  void read(Query query, std::function<void(Result<Page>)> done) {
    assert(is_on_control());
    if (tail_.covers(query.after)) {
      return later(
          [page = tail_.read(query, summary_.oldest), done = std::move(done)] { done(page); });
    }
    if (reads_ >= kMaxReads) {
      return later([done = std::move(done)] {
        done(Error{ErrorCode::Unavailable, "Too many callers read old events; try again later."});
      });
    }
    ++reads_;
    thread_.run<Result<Page>>(
        [query = std::move(query)](Store& store) { return store.read(query); },
        [this, done = std::move(done)](Result<Page> page) {
          --reads_;
          if (!page) note_unreadable(page.error());
          done(std::move(page));
        });
  }

  Result<Values> load(const std::string& space) {
    assert(is_on_control());
    using Stored = std::map<std::string, StoredValue>;
    Result<Stored> stored = thread_.wait_for<Result<Stored>>(
        [space](Store& store) { return store.load(space, unix_ms()); });
    if (!stored) return problem_with(settings_.file, stored.error());
    backlog_.overlay(space, *stored);
    Values values;
    for (auto& [key, value] : *stored) {
      if (has_expired(value, unix_ms())) continue;
      values.emplace_back(key, std::move(value.value));
    }
    return values;
  }

  Watches& watches() { return watches_; }
  const Store::Summary& summary() const { return summary_; }
  uint64_t last_id() const { return backlog_.last_id(); }

  void put_metrics(MetricSink& sink) const { counters_.put_metrics(sink, backlog_, summary_); }

 private:
  void write() {
    if (is_writing_ || retry_) return;
    const std::shared_ptr<const Batch> batch = backlog_.take(unix_ms());
    if (!batch) return;
    is_writing_ = true;
    thread_.run<Written>(
        [batch](Store& store) -> Written {
          const int64_t begin_ns = monotonic_ns();
          Status status = store.write(*batch, unix_ms());
          return {std::move(status), store.summary(), monotonic_ns() - begin_ns};
        },
        [this, batch](const Written& written) { on_written(*batch, written); });
  }

  void on_written(const Batch& batch, const Written& written) {
    is_writing_ = false;
    counters_.write_ns.add(written.took_ns);
    if (!written.status) return on_failed(written.status.error());
    if (is_failing_) log::info("events", settings_.file + " is written again");
    is_failing_ = false;
    summary_ = written.summary;
    counters_.written += batch.events.size();
    tail_.add(batch.events);
    backlog_.written();
    write();
    if (!batch.events.empty()) watches_.tell(summary_.newest);
  }

  void on_failed(const Error& error) {
    ++counters_.errors;
    is_failing_ = true;
    log::error("events", settings_.file + " cannot be written: " + error.message + "; " +
                             std::to_string(backlog_.waiting()) + " events wait, and calls go on");
    retry_ = loop_.once(kRetryMs, [this] {
      retry_.cancel();
      write();
    });
  }

  void clean() {
    // After a batch that failed the next attempt comes first.
    if (is_cleaning_ || is_failing_) return;
    is_cleaning_ = true;
    thread_.run<Cleaned>(
        [](Store& store) -> Cleaned {
          Result<bool> has_more = store.clean(unix_ms());
          return {std::move(has_more), store.summary()};
        },
        [this](const Cleaned& cleaned) {
          is_cleaning_ = false;
          if (!cleaned.has_more) {
            return log::error("events", settings_.file + " cannot be cleaned of old events: " +
                                            cleaned.has_more.error().message);
          }
          summary_.oldest = cleaned.summary.oldest;
          summary_.bytes = cleaned.summary.bytes;
          if (*cleaned.has_more) clean();
        });
  }

  void note_unreadable(const Error& error) const {
    log::error("events", settings_.file + " cannot be read: " + error.message);
  }

  void later(std::function<void()> task) {
    loop_.post([task = std::move(task), alive = std::weak_ptr<bool>(alive_)] {
      if (!alive.expired()) task();
    });
  }

  /// The batch that may be on its way is written again if it failed, before the rest.
  void end() {
    alive_.reset();
    const size_t waiting = backlog_.waiting();
    const std::shared_ptr<const Batch> first = backlog_.take(unix_ms());
    const auto rest = std::make_shared<const Batch>(backlog_.take_rest(unix_ms()));
    const std::optional<Status> ended = thread_.end(
        [first, rest](Store& store) -> Status {
          if (!first) return Ok{};
          if (Status status = store.write(*first, unix_ms()); !status) return status;
          return store.write(*rest, unix_ms());
        },
        settings_.end_ms);
    if (ended && *ended) return;
    const std::string reason = ended ? ended->error().message : "the disk stalls";
    log::error("events", settings_.file + " is not written to its end: " + reason + "; up to " +
                             std::to_string(waiting) + " events are lost");
  }

  glib::ControlLoop& loop_;
  const Settings settings_;
  Store::Summary summary_;  ///< As of the last batch or cleaning.
  Backlog backlog_;
  Tail tail_;
  LogThread thread_;
  bool is_writing_ = false;
  bool is_failing_ = false;
  bool is_cleaning_ = false;
  size_t reads_ = 0;
  LogCounters counters_;
  Watches watches_;
  std::shared_ptr<bool> alive_;
  glib::Timer retry_;
  glib::Timer clean_timer_;
};

Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}
Log::~Log() = default;

Result<std::unique_ptr<Log>> Log::open(glib::ControlLoop& loop, const Settings& settings) {
  Result<std::unique_ptr<Store>> store = Store::open(settings.file, limits_of(settings));
  if (!store) return store.error();
  Result<OpenState::Rooms> rooms = (*store)->open_rooms();
  const Result<int64_t> alive_unix_ms = (*store)->alive_unix_ms();
  if (!rooms) return problem_with(settings.file, rooms.error());
  if (!alive_unix_ms) return problem_with(settings.file, alive_unix_ms.error());
  OpenState open(std::move(*rooms));
  std::vector<Event> ends = open.ends(*alive_unix_ms, unix_ms());
  if (!ends.empty()) {
    log::warning("events", "the server has not ended by itself the last time: " +
                               std::to_string(ends.size()) + " ends are added to " + settings.file);
  }
  auto state = std::make_unique<State>(loop, settings, std::move(*store), std::move(open));
  state->append_ends(std::move(ends));
  return std::unique_ptr<Log>(new Log(std::move(state)));
}

void Log::append(Event event) { state_->append(std::move(event)); }

void Log::read(Query query, std::function<void(Result<Page>)> done) {
  state_->read(std::move(query), std::move(done));
}

std::unique_ptr<Watch> Log::watch(std::function<void(uint64_t)> committed) {
  assert(is_on_control());
  return state_->watches().add(std::move(committed));
}

uint64_t Log::oldest() const { return state_->summary().oldest; }
uint64_t Log::newest() const { return state_->summary().newest; }
uint64_t Log::last_id() const { return state_->last_id(); }

void Log::put(const std::string& space, const std::string& key, std::string value,
              int64_t expires_unix_ms) {
  state_->change({space, key, StoredValue{std::move(value), expires_unix_ms}});
}

void Log::erase(const std::string& space, const std::string& key) {
  state_->change({space, key, std::nullopt});
}

Result<Log::Values> Log::load(const std::string& space) { return state_->load(space); }

void Log::put_metrics(MetricSink& sink) const { state_->put_metrics(sink); }

}  // namespace veche::events
