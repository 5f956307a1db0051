// SPDX-License-Identifier: Apache-2.0
// From the log to the courier and back.
#include "events/webhooks/endpoint.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "events/webhooks/signature.hpp"

namespace veche::events {
namespace {

/// A restart delivers again what was delivered within the last moment before a crash.
constexpr uint32_t kSaveMs = 200;
constexpr uint32_t kRetryLoadMs = 1000;
constexpr int64_t kMsPerS = 1000;

std::vector<std::string> keys_of(const Webhook& webhook) {
  std::vector<std::string> keys;
  for (const std::string& secret : webhook.secrets) {
    Result<std::string> key = key_of_secret(secret);
    if (key) keys.push_back(std::move(*key));
  }
  return keys;
}

std::string ids_text(const DeadLetter& letter) {
  const std::string from = std::to_string(letter.from);
  return letter.from == letter.to ? "event " + from
                                  : "events " + from + " to " + std::to_string(letter.to);
}

}  // namespace

Endpoint::Endpoint(const EndpointTools& tools, DeliveryCounts& counts, Webhook webhook,
                   bool is_configured, const KeptWebhook& kept)
    : tools_(tools),
      counts_(counts),
      webhook_(std::move(webhook)),
      keys_(keys_of(webhook_)),
      is_configured_(is_configured),
      refused_(kept.progress.url == webhook_.url ? kept.progress.refused : ""),
      schedule_(kept.progress.position),
      dead_letters_(tools.log, webhook_.name, kept.dead_letters) {
  if (!is_active()) schedule_.on(Schedule::Stop{}, tools_.now());
  save_soon();
  load();
}

Endpoint::~Endpoint() {
  cancel_all();
  if (test_attempt_ != 0) tools_.courier.cancel(test_attempt_);
  if (!is_erased_) save();
}

void Endpoint::use(Webhook webhook, bool is_configured) {
  const bool had_refused = !refused_.empty();
  is_configured_ = is_configured;
  // A configuration that is read again, and says the same, is no reason to ask a receiver again
  // that wants no more.
  if (webhook == webhook_ && (is_configured || !had_refused)) return;
  webhook_ = std::move(webhook);
  keys_ = keys_of(webhook_);
  refused_.clear();
  apply(webhook_.enabled ? Schedule::Input(Schedule::Resume{}) : Schedule::Stop{});
  save_soon();
}

void Endpoint::wake() { load(); }

void Endpoint::replay(uint64_t after) {
  cancel_all();
  alive_ = std::make_shared<bool>(true);
  is_loading_ = false;
  schedule_ = Schedule(Position{.read = after, .waiting = {}});
  if (!is_active()) schedule_.on(Schedule::Stop{}, tools_.now());
  save_soon();
  load();
}

void Endpoint::cancel_all() {
  for (const auto& [id, number] : attempts_) tools_.courier.cancel(number);
  attempts_.clear();
}

void Endpoint::erase() {
  is_erased_ = true;
  save_.cancel();
  if (test_attempt_ != 0) {
    tools_.courier.cancel(std::exchange(test_attempt_, 0));
    test_done_({.reason = "the webhook was removed"}, tools_.now().monotonic_ms - test_begin_ms_);
  }
  dead_letters_.erase_all();
  tools_.log.erase(kPositionSpace, webhook_.name);
}

uint64_t Endpoint::backlog() const {
  const uint64_t newest = tools_.log.newest();
  return schedule_.waiting() + (newest > read() ? newest - read() : 0);
}

void Endpoint::apply(Schedule::Input input) {
  for (const Schedule::Action& action : schedule_.on(std::move(input), tools_.now())) {
    carry_out(action);
  }
  arm();
  load();
}

void Endpoint::carry_out(const Schedule::Action& action) {
  if (const auto* to_send = std::get_if<Schedule::Send>(&action)) return send(to_send->id);
  if (const auto* to_cancel = std::get_if<Schedule::Cancel>(&action)) {
    const auto found = attempts_.find(to_cancel->id);
    if (found == attempts_.end()) return;
    tools_.courier.cancel(found->second);
    attempts_.erase(found);
  } else if (const auto* given_up = std::get_if<Schedule::GiveUp>(&action)) {
    const Event& event = given_up->event;
    bury({event.id, event.id, event.type, event.room, event.time_unix_ms, tools_.now().unix_ms,
          given_up->attempts, given_up->outcome.status, given_up->outcome.reason});
  } else if (const auto* lost = std::get_if<Schedule::Lost>(&action)) {
    bury({.from = lost->from,
          .to = lost->to,
          .dead_unix_ms = tools_.now().unix_ms,
          .reason = "the log no longer has it: see events.retention_days and events.max_mb"});
  } else if (const auto* disable = std::get_if<Schedule::Disable>(&action)) {
    refused_ = disable->reason;
    log::error("webhooks", webhook_.name + " is disabled: " + refused_ +
                               "; a test that its receiver takes enables it again");
    save_soon();
  }
}

void Endpoint::bury(const DeadLetter& letter) {
  ++counts_.dead;
  dead_letters_.add(letter);
  save_soon();
  log::error("webhooks", webhook_.name + " does not deliver " + ids_text(letter) +
                             " any more: " + letter.reason);
}

void Endpoint::load() {
  if (is_loading_) return;
  const std::optional<Schedule::Need> need = schedule_.need();
  if (!need || (!need->is_known && need->after == tools_.log.newest())) return;
  is_loading_ = true;
  Query query{.after = need->after, .limit = need->limit, .filter = {}};
  query.filter.types = need->is_known ? std::vector<std::string>{"*"} : webhook_.types;
  tools_.log.read(std::move(query), [this, alive = std::weak_ptr<bool>(alive_)](Result<Page> page) {
    if (!alive.expired()) loaded(std::move(page));
  });
}

void Endpoint::loaded(Result<Page> page) {
  is_loading_ = false;
  if (!page) {
    log::error("webhooks", webhook_.name + " cannot read the events: " + page.error().message);
    retry_load_ = tools_.loop.once(kRetryLoadMs, [this] { load(); });
    return;
  }
  std::vector<Event>& events = page->events;
  events.erase(
      std::remove_if(events.begin(), events.end(),
                     [this](const Event& event) { return !takes_room_of(webhook_, event); }),
      events.end());
  save_soon();
  apply(Schedule::Loaded{std::move(events), page->next_after, page->oldest, page->is_reset});
}

Attempt Endpoint::attempt_of(const std::string& id, const Event& event) const {
  const int64_t timestamp_s = tools_.now().unix_ms / kMsPerS;
  Attempt attempt{.url = webhook_.url, .headers = {}, .body = envelope(event)};
  attempt.headers = {
      "webhook-id: " + id,
      "webhook-timestamp: " + std::to_string(timestamp_s),
      "webhook-signature: " + signatures(keys_, id, timestamp_s, attempt.body),
  };
  return attempt;
}

void Endpoint::send(uint64_t id) {
  const Event& event = schedule_.event(id);
  attempts_[id] = tools_.courier.send(
      attempt_of(delivery_id(event, webhook_.name), event),
      [this, id](const Outcome& outcome) { answered(id, outcome); });  // The end cancels it.
}

void Endpoint::answered(uint64_t id, const Outcome& outcome) {
  attempts_.erase(id);
  note(id, outcome);
  apply(Schedule::Answered{id, outcome, tools_.random()});
  save_soon();
}

void Endpoint::note(uint64_t id, const Outcome& outcome) {
  const int64_t now_ms = tools_.now().unix_ms;
  if (outcome.is_delivered()) {
    ++counts_.delivered;
    last_delivered_unix_ms_ = now_ms;
    if (failure_) log::info("webhooks", webhook_.name + " delivers again");
    failure_.reset();
    return;
  }
  ++counts_.failed;
  if (!failure_) {
    log::warning("webhooks", webhook_.name + " could not deliver event " + std::to_string(id) +
                                 ": " + outcome.reason);
  }
  failure_ = Failure{now_ms, id, outcome};
}

bool Endpoint::test(TestDone done) {
  if (test_attempt_ != 0) return false;
  const Now now = tools_.now();
  Event event;
  event.type = "webhook.test";
  event.time_unix_ms = now.unix_ms;
  event.seq = tools_.random();  // So that each test has an id of its own.
  const std::string id = delivery_id(event, webhook_.name);
  test_done_ = std::move(done);
  test_begin_ms_ = now.monotonic_ms;
  test_attempt_ = tools_.courier.send(attempt_of(id, event),
                                      [this](const Outcome& outcome) { tested(outcome); });
  return true;
}

void Endpoint::tested(const Outcome& outcome) {
  test_attempt_ = 0;
  const TestDone done = std::exchange(test_done_, nullptr);
  done(outcome, tools_.now().monotonic_ms - test_begin_ms_);
  if (!outcome.is_delivered() || !webhook_.enabled) return;
  refused_.clear();
  failure_.reset();
  apply(Schedule::Resume{});
  save_soon();
}

void Endpoint::arm() {
  const std::optional<int64_t> due_ms = schedule_.next_due_ms();
  due_.cancel();
  if (!due_ms) return;
  const int64_t delay_ms =
      std::clamp(*due_ms - tools_.now().monotonic_ms, int64_t{0}, Schedule::kMaxDelayMs);
  due_ = tools_.loop.once(static_cast<uint32_t>(delay_ms), [this] { apply(Schedule::Tick{}); });
}

void Endpoint::save_soon() {
  if (save_ || is_erased_) return;
  save_ = tools_.loop.once(kSaveMs, [this] {
    save_.cancel();
    save();
  });
}

void Endpoint::save() {
  tools_.log.put(kPositionSpace, webhook_.name,
                 to_json(Progress{schedule_.position(), refused_, webhook_.url}), 0);
}

}  // namespace veche::events
