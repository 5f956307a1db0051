// SPDX-License-Identifier: Apache-2.0
// Starts the layers from the lowest, and stops them from the highest.
#include "main/application.hpp"

#include <csignal>

#include "base/log.hpp"
#include "base/thread_priority.hpp"
#include "base/time.hpp"
#include "events/room_event.hpp"
#include "events/webhooks/curl_courier.hpp"
#include "glib/json.hpp"
#include "main/kept_revocations.hpp"
#include "main/process_metrics.hpp"
#include "main/system_use.hpp"

namespace veche::main {
namespace {

constexpr uint32_t kMaxStopMs = 3000;
/// For readers of the event log that have not got its last events.
constexpr uint32_t kMaxLastEventsMs = 1000;
constexpr uint32_t kStopStepMs = 20;
constexpr uint32_t kSettleLogMs = 1000;

void log_capacity(const room::Server& rooms) {
  const room::CapacityReport report = rooms.capacity();
  log::info("main", "can carry " + std::to_string(report.head_room) + " participants on the " +
                        media::to_string(rooms.engine().default_path()) +
                        " path; what bounds it: " + report.bound_text());
}

std::string started_json(const std::string& instance) {
  return glib::JsonWriter()
      .begin_object()
      .key("version")
      .string(VECHE_VERSION)
      .key("instance")
      .string(instance)
      .end_object()
      .text();
}

}  // namespace

Application::Application()
    : terminate_(SIGTERM, [this] { on_terminate(); }),
      interrupt_(SIGINT, [this] { loop_.quit(); }),
      hang_up_(SIGHUP, [this] {
        if (reload_) reload_->run();
      }) {}

Result<std::unique_ptr<Application>> Application::start(const Config& config,
                                                        std::function<LoadedConfig()> read_again) {
  std::unique_ptr<Application> app(new Application);
  auto events = events::Log::open(app->loop_, config.events);
  if (!events) return events.error();
  app->events_ = std::move(events).value();
  auto host = plugin::Host::load(app->loop_, config.plugins);
  if (!host) return host.error();
  app->host_ = std::move(host).value();
  auto engine = media::make_engine(app->loop_, config.media);
  if (!engine) return engine.error();
  app->engine_ = std::move(engine).value();
  app->rooms_ = std::make_unique<room::Server>(app->loop_, *app->engine_, config.rooms);
  app->rooms_->use_system(read_system);
  app->rooms_->add_event_handler(
      [events = app->events_.get(), host = app->host_.get()](const room::Event& event) {
        events->append(events::of_room(event));
        host->on_event(event);
      });
  const Status kept = keep_revocations(*app->events_, app->rooms_->revocations());
  if (!kept) return kept.error();
  app->host_->attach(*app->engine_, *app->rooms_);
  auto webhooks = events::Webhooks::start(app->loop_, *app->events_,
                                          std::make_unique<events::CurlCourier>(app->loop_),
                                          config.webhooks, events::real_now, events::real_random);
  if (!webhooks) return webhooks.error();
  app->webhooks_ = std::move(webhooks).value();
  auto http = http::Server::start(app->loop_, config.http, *app->rooms_, *app->host_, *app->events_,
                                  *app->webhooks_);
  if (!http) return http.error();
  app->http_ = std::move(http).value();
  app->rooms_->set_drained_handler([loop = &app->loop_] { loop->quit(); });
  app->reload_.emplace(config, std::move(read_again), *app->host_, *app->rooms_, *app->http_,
                       *app->webhooks_);
  app->host_->use_server_metrics([app = app.get()](MetricSink& sink) { app->put_metrics(sink); });
  log_capacity(*app->rooms_);
  app->append_event("server.started", started_json(app->rooms_->instance()));
  return app;
}

Application::~Application() { take_down(); }

void Application::take_down() {
  reload_.reset();
  http_.reset();
  // Plugins stop last, and know neither rooms nor engine by then.
  if (host_) host_->detach();
  rooms_.reset();
  engine_.reset();
  host_.reset();
  webhooks_.reset();
  events_.reset();
}

void Application::on_terminate() {
  if (std::exchange(is_terminated_, true)) return loop_.quit();
  rooms_->drain(rooms_->limits().drain_deadline_s, true);
}

void Application::run() {
  const glib::Timer settle = loop_.every(kSettleLogMs, [] { log::settle(); });
  raise_priority(kControlNice);
  loop_.run();
  log::info("main", "stopping");
  watchdog_.begin_stop();
  is_terminated_ = true;
  reload_.reset();
  let_sessions_end();
  let_events_out();
  take_down();
}

/// Of the layers that exist: plugins may ask until the last of them has stopped.
void Application::put_metrics(MetricSink& sink) const {
  put_process_metrics(sink);
  if (rooms_) rooms_->put_metrics(sink);
  if (engine_) engine_->put_metrics(sink);
  if (http_) http_->put_metrics(sink);
  if (events_) events_->put_metrics(sink);
  if (webhooks_) webhooks_->put_metrics(sink);
}

void Application::append_event(const char* type, std::string data) {
  events_->append({.time_unix_ms = unix_ms(), .type = type, .data = std::move(data)});
}

void Application::let_sessions_end() {
  append_event("server.stopping");
  // HTTP stays for now, to tell clients the reason; new participants are refused.
  rooms_->stop();
  const glib::Timer idle = loop_.every(kStopStepMs, [this] {
    if (engine_->idle()) loop_.quit();
  });
  const glib::Timer limit = loop_.once(kMaxStopMs, [this] {
    log::warning("main", "some sessions did not end in time");
    loop_.quit();
  });
  loop_.run();
}

void Application::let_events_out() {
  http_->finish_events();
  const glib::Timer finished = loop_.every(kStopStepMs, [this] {
    if (http_->has_finished_events()) loop_.quit();
  });
  const glib::Timer limit = loop_.once(kMaxLastEventsMs, [this] {
    log::info("main", "some readers did not take the last events in time");
    loop_.quit();
  });
  loop_.run();
}

}  // namespace veche::main
