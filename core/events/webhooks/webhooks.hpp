// SPDX-License-Identifier: Apache-2.0
// All webhooks of this server: those of the configuration and those made over the API.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/metric.hpp"
#include "base/result.hpp"
#include "events/log.hpp"
#include "events/webhooks/courier.hpp"
#include "events/webhooks/endpoint.hpp"
#include "events/webhooks/webhook.hpp"
#include "glib/control_loop.hpp"

namespace veche::events {

/// [control] all of it.
class Webhooks {
 public:
  /// Delivers events that are committed from now on, and what earlier runs have not delivered. The
  /// log and the loop outlive this. `now` and `random` are for tests; see real_now(). Errors as of
  /// Log::load(), which blocks.
  static Result<std::unique_ptr<Webhooks>> start(glib::ControlLoop& loop, Log& log,
                                                 std::unique_ptr<Courier> courier,
                                                 WebhookSettings settings, Now (*now)(),
                                                 uint32_t (*random)());
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  /// The configuration as it is now. A webhook of it takes the place of one of that name.
  void use(WebhookSettings settings);

  using Endpoints = std::map<std::string, std::unique_ptr<Endpoint>>;
  /// By name.
  const Endpoints& all() const { return endpoints_; }
  /// NotFound.
  Result<Endpoint*> find(const std::string& name) const;

  // Those made over the API, which the log keeps. InvalidArgument with the fields that are wrong.

  /// Conflict if there is one of this name, Exhausted beyond kMaxWebhooks.
  Result<Endpoint*> add(Webhook webhook);
  /// Conflict for one of the configuration.
  Status change(const std::string& name, Webhook webhook);
  Status remove(const std::string& name);
  /// Of one of either kind. InvalidArgument unless the log has all events after this id.
  Status replay(const std::string& name, uint64_t after);

  void put_metrics(MetricSink& sink) const;

 private:
  Webhooks(const EndpointTools& tools, std::unique_ptr<Courier> courier, WebhookSettings settings);
  Status load();
  void apply_settings();
  void begin(Webhook webhook, bool is_configured, const KeptWebhook& kept);
  Result<Endpoint*> find_changeable(const std::string& name) const;
  const Webhook* configured(const std::string& name) const;
  KeptWebhook fresh() const;

  WebhookSettings settings_;
  const std::unique_ptr<Courier> courier_;
  const EndpointTools tools_;
  DeliveryCounts counts_;
  Endpoints endpoints_;
  std::unique_ptr<Watch> watch_;
};

/// The clocks and the randomness of the process.
Now real_now();
uint32_t real_random();

}  // namespace veche::events
