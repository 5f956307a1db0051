// SPDX-License-Identifier: Apache-2.0
// One webhook at work: reads the log, lets its schedule decide, hands attempts to the courier, and
// remembers how far it has come.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/log.hpp"
#include "events/webhooks/courier.hpp"
#include "events/webhooks/dead_letters.hpp"
#include "events/webhooks/schedule.hpp"
#include "events/webhooks/stored.hpp"
#include "events/webhooks/webhook.hpp"
#include "glib/control_loop.hpp"

namespace veche::events {

/// What all endpoints work with. It outlives them.
struct EndpointTools {
  glib::ControlLoop& loop;
  Log& log;
  Courier& courier;
  Now (*now)();
  uint32_t (*random)();
};

/// Since the start of the server.
struct DeliveryCounts {
  uint64_t delivered = 0, failed = 0, dead = 0;
};

/// What the log has kept of a webhook.
struct KeptWebhook {
  Progress progress;
  Log::Values dead_letters;  ///< As of DeadLetters::kept().
};

/// [control] all of it.
class Endpoint {
 public:
  /// Begins at once. `is_configured`: it stands in the configuration file.
  Endpoint(const EndpointTools& tools, DeliveryCounts& counts, Webhook webhook, bool is_configured,
           const KeptWebhook& kept);
  /// Remembers its position.
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  const Webhook& webhook() const { return webhook_; }
  bool is_configured() const { return is_configured_; }
  /// Takes new settings, of the same name. Events that wait go to the new URL, without delay.
  void use(Webhook webhook, bool is_configured);
  /// There are new events.
  void wake();
  /// Delivers all events after this id, also those that were delivered before.
  void replay(uint64_t after);
  /// Posts an event "webhook.test", whatever the state. A receiver that takes it gets at once what
  /// waits for it, also after it had refused more. False: another test is still running.
  using TestDone = std::function<void(const Outcome&, int64_t took_ms)>;
  bool test(TestDone done);
  /// Forgets everything about the webhook; to be destroyed.
  void erase();

  // For views.

  /// Why nothing is delivered since the receiver answered 410; empty: it has not.
  const std::string& refused() const { return refused_; }
  bool is_active() const { return webhook_.enabled && refused_.empty(); }
  struct Failure {
    int64_t unix_ms = 0;
    uint64_t event = 0;
    Outcome outcome;
  };
  /// Of the last attempt, if it failed.
  const std::optional<Failure>& failure() const { return failure_; }
  int64_t last_delivered_unix_ms() const { return last_delivered_unix_ms_; }  ///< 0: none yet.
  uint64_t read() const { return schedule_.read(); }
  /// Events that wait in memory, and events that have not been read.
  uint64_t backlog() const;
  /// The time of the oldest event that waits; 0: none.
  int64_t oldest_unix_ms() const { return schedule_.oldest_unix_ms(); }
  const DeadLetters::Letters& dead_letters() const { return dead_letters_.letters(); }

 private:
  void apply(Schedule::Input input);
  void carry_out(const Schedule::Action& action);
  void load();
  void loaded(Result<Page> page);
  void send(uint64_t id);
  void answered(uint64_t id, const Outcome& outcome);
  void tested(const Outcome& outcome);
  void note(uint64_t id, const Outcome& outcome);
  void bury(const DeadLetter& letter);
  Attempt attempt_of(const std::string& id, const Event& event) const;
  void cancel_all();
  void arm();
  void save_soon();
  void save();

  const EndpointTools& tools_;
  DeliveryCounts& counts_;
  Webhook webhook_;
  std::vector<std::string> keys_;  ///< Of the secrets.
  bool is_configured_;
  std::string refused_;
  Schedule schedule_;
  DeadLetters dead_letters_;
  std::map<uint64_t, uint64_t> attempts_;  ///< Numbers of the courier, by event.
  uint64_t test_attempt_ = 0;              ///< Of the courier; 0: no test is running.
  TestDone test_done_;
  int64_t test_begin_ms_ = 0;  ///< Monotonic.
  std::optional<Failure> failure_;
  int64_t last_delivered_unix_ms_ = 0;
  bool is_loading_ = false;
  bool is_erased_ = false;
  glib::Timer due_, retry_load_, save_;
  /// Held weakly by callbacks; a replay makes another one, so that a page that was on its way is
  /// not taken.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace veche::events
