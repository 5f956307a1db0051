// SPDX-License-Identifier: Apache-2.0
// Which webhooks there are, from the configuration and from the log's store.
#include "events/webhooks/webhooks.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "events/webhooks/stored.hpp"

namespace veche::events {
namespace {

Error conflict(std::string message) { return {ErrorCode::Conflict, std::move(message)}; }

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

}  // namespace

Now real_now() { return {monotonic_ns() / kNsPerMs, unix_ms()}; }

uint32_t real_random() {
  static std::random_device device;
  return device();
}

Webhooks::Webhooks(const EndpointTools& tools, std::unique_ptr<Courier> courier,
                   WebhookSettings settings)
    : settings_(std::move(settings)), courier_(std::move(courier)), tools_(tools) {
  courier_->use(settings_.rules, settings_.ca_file);
}

Webhooks::~Webhooks() = default;

Result<std::unique_ptr<Webhooks>> Webhooks::start(glib::ControlLoop& loop, Log& log,
                                                  std::unique_ptr<Courier> courier,
                                                  WebhookSettings settings, Now (*now)(),
                                                  uint32_t (*random)()) {
  const EndpointTools tools{loop, log, *courier, now, random};
  std::unique_ptr<Webhooks> webhooks(new Webhooks(tools, std::move(courier), std::move(settings)));
  if (const Status loaded = webhooks->load(); !loaded) return loaded.error();
  return webhooks;
}

Status Webhooks::load() {
  Log& log = tools_.log;
  const Result<Log::Values> webhooks = log.load(kWebhookSpace);
  const Result<Log::Values> positions = log.load(kPositionSpace);
  if (!webhooks) return webhooks.error();
  if (!positions) return positions.error();
  const std::map<std::string, std::string> progress(positions->begin(), positions->end());
  const auto go_on = [&](Webhook webhook, bool is_configured) -> Status {
    Result<Log::Values> dead_letters = DeadLetters::kept(log, webhook.name);
    if (!dead_letters) return dead_letters.error();
    KeptWebhook kept = fresh();
    kept.dead_letters = std::move(*dead_letters);
    if (const auto found = progress.find(webhook.name); found != progress.end()) {
      kept.progress = read_progress(found->second).value_or(kept.progress);
    }
    begin(std::move(webhook), is_configured, kept);
    return Ok{};
  };
  for (const auto& [name, json] : *webhooks) {
    std::optional<Webhook> webhook = read_webhook(json);
    if (!webhook) continue;
    if (Status begun = go_on(std::move(*webhook), false); !begun) return begun;
  }
  for (const Webhook& webhook : settings_.webhooks) {
    if (endpoints_.count(webhook.name) > 0) continue;
    if (Status begun = go_on(webhook, true); !begun) return begun;
  }
  // Of webhooks that left the configuration while the server did not run.
  for (const auto& [name, json] : progress) {
    if (endpoints_.count(name) == 0) log.erase(kPositionSpace, name);
  }
  apply_settings();
  watch_ = log.watch([this](uint64_t) {
    for (const auto& [name, endpoint] : endpoints_) endpoint->wake();
  });
  return Ok{};
}

void Webhooks::use(WebhookSettings settings) {
  settings_ = std::move(settings);
  courier_->use(settings_.rules, settings_.ca_file);
  apply_settings();
}

void Webhooks::apply_settings() {
  for (const Webhook& webhook : settings_.webhooks) {
    const auto found = endpoints_.find(webhook.name);
    if (found == endpoints_.end()) {
      begin(webhook, true, fresh());
      continue;
    }
    if (!found->second->is_configured()) {
      log::warning("webhooks", webhook.name +
                                   " of the configuration takes the place of the webhook of that "
                                   "name that was made over the API");
      tools_.log.erase(kWebhookSpace, webhook.name);
    }
    found->second->use(webhook, true);
  }
  for (auto each = endpoints_.begin(); each != endpoints_.end();) {
    const bool is_gone = each->second->is_configured() && !configured(each->first);
    if (is_gone) each->second->erase();
    each = is_gone ? endpoints_.erase(each) : std::next(each);
  }
}

void Webhooks::begin(Webhook webhook, bool is_configured, const KeptWebhook& kept) {
  std::string name = webhook.name;
  endpoints_[std::move(name)] =
      std::make_unique<Endpoint>(tools_, counts_, std::move(webhook), is_configured, kept);
}

const Webhook* Webhooks::configured(const std::string& name) const {
  const auto found = std::find_if(settings_.webhooks.begin(), settings_.webhooks.end(),
                                  [&](const Webhook& webhook) { return webhook.name == name; });
  return found == settings_.webhooks.end() ? nullptr : &*found;
}

/// A new webhook gets what happens from now on.
KeptWebhook Webhooks::fresh() const {
  return {.progress = {.position = {.read = tools_.log.newest(), .waiting = {}},
                       .refused = "",
                       .url = ""},
          .dead_letters = {}};
}

Result<Endpoint*> Webhooks::find(const std::string& name) const {
  const auto found = endpoints_.find(name);
  if (found == endpoints_.end()) return not_found("There is no webhook " + quoted(name) + ".");
  return found->second.get();
}

Result<Endpoint*> Webhooks::find_changeable(const std::string& name) const {
  Result<Endpoint*> endpoint = find(name);
  if (endpoint && (*endpoint)->is_configured()) {
    return conflict("The webhook " + quoted(name) +
                    " is in the configuration file; change it there, and send SIGHUP.");
  }
  return endpoint;
}

Result<Endpoint*> Webhooks::add(Webhook webhook) {
  std::vector<FieldProblem> problems = problems_of(webhook, settings_.rules);
  if (!problems.empty()) {
    return Error{ErrorCode::InvalidArgument, "The webhook is not valid.", std::move(problems)};
  }
  if (endpoints_.count(webhook.name) > 0) {
    return conflict("There is a webhook " + quoted(webhook.name) + ".");
  }
  if (endpoints_.size() >= kMaxWebhooks) {
    return Error{ErrorCode::Exhausted, "This server has " + std::to_string(kMaxWebhooks) +
                                           " webhooks, and can have no more; remove one."};
  }
  tools_.log.put(kWebhookSpace, webhook.name, to_json(webhook), 0);
  const std::string name = webhook.name;
  begin(std::move(webhook), false, fresh());
  return endpoints_.at(name).get();
}

Status Webhooks::change(const std::string& name, Webhook webhook) {
  const Result<Endpoint*> endpoint = find_changeable(name);
  if (!endpoint) return endpoint.error();
  std::vector<FieldProblem> problems = problems_of(webhook, settings_.rules);
  if (webhook.name != name) {
    problems.push_back({"/name", "cannot change; make another webhook, and remove this one"});
  }
  if (!problems.empty()) {
    return Error{ErrorCode::InvalidArgument, "The webhook is not valid.", std::move(problems)};
  }
  tools_.log.put(kWebhookSpace, name, to_json(webhook), 0);
  (*endpoint)->use(std::move(webhook), false);
  return Ok{};
}

Status Webhooks::remove(const std::string& name) {
  const Result<Endpoint*> endpoint = find_changeable(name);
  if (!endpoint) return endpoint.error();
  tools_.log.erase(kWebhookSpace, name);
  (*endpoint)->erase();
  endpoints_.erase(name);
  return Ok{};
}

Status Webhooks::replay(const std::string& name, uint64_t after) {
  const Result<Endpoint*> endpoint = find(name);
  if (!endpoint) return endpoint.error();
  const uint64_t oldest = tools_.log.oldest(), newest = tools_.log.newest();
  if (after + 1 < oldest || after > newest) {
    const std::string detail = std::to_string(after) +
                               " is not allowed; allowed: " + std::to_string(oldest - 1) + " to " +
                               std::to_string(newest) + ", because the log has the events " +
                               std::to_string(oldest) + " to " + std::to_string(newest);
    return Error{ErrorCode::InvalidArgument, detail, {{"/after", detail}}};
  }
  (*endpoint)->replay(after);
  return Ok{};
}

void Webhooks::put_metrics(MetricSink& sink) const {
  int64_t backlog = 0, disabled = 0, oldest = 0;
  for (const auto& [name, endpoint] : endpoints_) {
    if (!endpoint->is_active()) {
      ++disabled;
      continue;
    }
    backlog += static_cast<int64_t>(endpoint->backlog());
    const int64_t unix_ms = endpoint->oldest_unix_ms();
    if (unix_ms > 0) oldest = oldest == 0 ? unix_ms : std::min(oldest, unix_ms);
  }
  const int64_t age_ms = oldest == 0 ? 0 : std::max(tools_.now().unix_ms - oldest, int64_t{0});
  constexpr double kMs = 1e-3;
  sink.gauge("veche_webhooks", "Webhooks, of the configuration and of the API",
             static_cast<int64_t>(endpoints_.size()));
  sink.gauge("veche_webhooks_disabled",
             "Webhooks that get nothing: disabled, or refused by the receiver (410)", disabled);
  constexpr char kHelp[] = "Attempts to deliver an event to a webhook";
  sink.counter("veche_webhook_deliveries_total", kHelp, counts_.delivered,
               {{"result", "delivered"}});
  sink.counter("veche_webhook_deliveries_total", kHelp, counts_.failed, {{"result", "failed"}});
  sink.counter("veche_webhook_dead_letters_total",
               "Events that the server has given up to deliver, or that the log lost before",
               counts_.dead);
  sink.gauge("veche_webhook_backlog_events",
             "Events that webhooks still have to read or to deliver, added up", backlog);
  sink.gauge("veche_webhook_backlog_seconds", "Age of the oldest event that waits for its delivery",
             age_ms, {}, kMs);
}

}  // namespace veche::events
