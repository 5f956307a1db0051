// SPDX-License-Identifier: Apache-2.0
// The edge to libsoup: its server, its callbacks, and the parts that answer requests.
#include "http/server.hpp"

#include <libsoup/soup.h>

#include <exception>
#include <memory>
#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "glib/signal.hpp"
#include "http/api/api.hpp"
#include "http/api/client_socket.hpp"
#include "http/api/event_followers.hpp"
#include "http/api/idempotent_requests.hpp"
#include "http/api/log_answer_store.hpp"
#include "http/api/plugin_routes.hpp"
#include "http/connection/acceptor.hpp"
#include "http/connection/downloads.hpp"
#include "http/connection/exchange.hpp"
#include "http/connection/idle_connections.hpp"
#include "http/connection/listen.hpp"
#include "http/connection/open_sockets.hpp"
#include "http/connection/route_times.hpp"
#include "http/connection/soup_socket.hpp"
#include "http/connection/static_files.hpp"
#include "http/dispatcher.hpp"
#include "http/protocol/problem.hpp"
#include "plugin/http_routes.hpp"

namespace veche::http {
namespace {

std::map<std::string, std::string> map_of(GHashTable* query) {
  std::map<std::string, std::string> map;
  if (!query) return map;
  GHashTableIter iterator;
  gpointer name = nullptr, value = nullptr;
  g_hash_table_iter_init(&iterator, query);
  while (g_hash_table_iter_next(&iterator, &name, &value)) {
    map.emplace(static_cast<const char*>(name), value ? static_cast<const char*>(value) : "");
  }
  return map;
}

/// The door: exceptions of the standard library end here and become a 500.
template <class Task>
void guarded(Exchange& exchange, Task task) {
  try {
    task();
  } catch (const std::exception& error) {
    log::error("http", "a request failed: " + std::string(error.what()));
    exchange.respond(problem(500, "The server's log has the details."));
  }
}

/// The parts of the settings that can be wrong, checked.
struct Verified {
  Authenticator auth;
  StaticFiles files;
  glib::Ref<GTlsCertificate> certificate;
  Proxies proxies;
};

Result<Verified> check(const Settings& settings) {
  auto auth = Authenticator::create(settings.keys, settings.signing_keys);
  if (!auth) return auth.error();
  auto files = StaticFiles::create(settings.static_dir);
  if (!files) return files.error();
  auto certificate = load_certificate(settings.tls);
  if (!certificate) return certificate.error();
  auto proxies = Proxies::create(settings.trusted_proxies, settings.forwarded_field);
  if (!proxies) return proxies.error();
  return Verified{std::move(*auth), std::move(*files), std::move(*certificate),
                  std::move(*proxies)};
}

Route pages_of(StaticFiles files, bool are_there) {
  Route pages{"GET", "", Access::Anybody, BodyKind::Nothing, nullptr};
  if (are_there) {
    pages.handler =
        at_once([files = std::move(files)](const Request& request) { return files.get(request); });
  }
  return pages;
}

}  // namespace

class Server::State {
 public:
  State(glib::ControlLoop& loop, const Settings& settings, room::Server& rooms,
        plugin::Host& plugins, events::Log& events, events::Webhooks& webhooks, Verified verified)
      : loop_(loop),
        deadlines_(settings.deadlines),
        limits_(settings.limits, settings.clock),
        gate_(limits_, std::move(verified.proxies)),
        connection_limit_(
            settings.connections,
            [this](const std::string& address) { return gate_.proxies().trusts(address); }),
        downloads_(loop),
        idle_(loop, settings.deadlines.idle_ms,
              [this](const glib::Ref<GIOStream>& stream, const glib::Ref<GSocket>& socket,
                     const std::string& unread) {
                accept(soup_.get(), stream, socket.get(), unread);
              }),
        sockets_(loop, rooms, limits_, settings.deadlines.ping_ms),
        followers_(loop, events, settings.deadlines),
        api_{rooms,
             plugins,
             events,
             webhooks,
             std::move(verified.auth),
             settings.ice_servers,
             sockets_,
             followers_,
             [this] { return addresses(); },
             unix_ms(),
             rooms.now_ns(),
             {}},
        plugin_routes_(plugins, settings.deadlines.plugin_ms),
        answers_(events),
        idempotent_(&answers_),
        dispatcher_(router_, plugin_routes_, api_.auth, rooms, gate_, idempotent_,
                    settings.cors_origins,
                    pages_of(std::move(verified.files), !settings.static_dir.empty())),
        soup_(glib::adopt(soup_server_new("raw-paths", TRUE, nullptr))),
        certificate_(std::move(verified.certificate)) {
    add_plugin_routes(router_, api_);
    add_server_routes(router_, api_);
    add_room_routes(router_, api_);
    add_participant_routes(router_, api_);
    add_trace_routes(router_, api_);
    add_session_routes(router_, api_);
    add_whip_routes(router_, api_);
    add_event_routes(router_, api_);
    add_event_log_routes(router_, api_);
    add_roster_routes(router_, api_);
    add_webhook_routes(router_, api_);
    add_action_routes(router_, api_);
    add_document_routes(router_, api_);
    api_.viewer_script = read_viewer(settings.api_page);
    times_ = std::make_unique<RouteTimes>(
        router_, std::vector<RouteTimes::Name>{{"GET", plugin::kMetricsPattern},
                                               {RouteTimes::kAnyMethod, kPluginPattern}});
    // libsoup's "/" does not match the path of "OPTIONS *".
    for (const char* path : {"/", "*"}) {
      soup_server_add_early_handler(soup_.get(), path, on_headers, this, nullptr);
      soup_server_add_handler(soup_.get(), path, on_body, this, nullptr);
    }
    api_.rooms.use_spare_descriptors([this] { return static_cast<int64_t>(idle_.size()); });
    begun_ = glib::Signal(soup_.get(), "request-started", G_CALLBACK(on_begun), this);
  }
  ~State() {
    api_.rooms.use_spare_descriptors(nullptr);
    // Those that wait are answered while there is a connection.
    followers_.end_all();
    connections_.hurry();
    soup_server_disconnect(soup_.get());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Status listen(const std::string& address, const std::vector<std::string>& all) {
    auto socket = listen_on(address, all);
    if (!socket) return socket.error();
    const bool is_open_to_others = !is_loopback(socket->get());
    acceptors_.push_back(std::make_unique<Acceptor>(
        loop_, std::move(*socket), deadlines_.handshake_ms,
        [this](int64_t limit) { return api_.rooms.descriptors_to_leave(limit); },
        [this](GSocket* accepted) { return connection_limit_.admit(accepted); },
        [this](const glib::Ref<GIOStream>& stream, const glib::Ref<GSocket>& accepted) {
          connections_.add(accepted.get());
          accept(soup_.get(), stream, accepted.get(), "");
        }));
    acceptors_.back()->use_room_maker([this] { return idle_.drop_oldest(); });
    acceptors_.back()->use_certificate(certificate_);
    const std::string url = addresses().back();
    log::info("http", "listening on " + url);
    if (!certificate_ && is_open_to_others) {
      log::warning("http", url +
                               " has no TLS: anyone on the network path can read API keys and "
                               "tokens, unless a proxy in front adds TLS");
    }
    return Ok{};
  }

  void use(const Settings& settings, Verified verified) {
    api_.auth = std::move(verified.auth);
    sockets_.keep_keys_of(api_.auth);
    followers_.keep_keys_of(api_.auth);
    api_.ice_servers = settings.ice_servers;
    api_.viewer_script = read_viewer(settings.api_page);
    limits_.use(settings.limits);
    gate_.use(std::move(verified.proxies));
    connection_limit_.use(settings.connections);
    dispatcher_.use(settings.cors_origins,
                    pages_of(std::move(verified.files), !settings.static_dir.empty()));
    if (!certificate_ || !verified.certificate) return;
    certificate_ = std::move(verified.certificate);
    for (const auto& acceptor : acceptors_) acceptor->use_certificate(certificate_);
  }

  void set_restart_needed(std::vector<std::string> keys) { api_.restart_needed = std::move(keys); }

  EventFollowers& followers() { return followers_; }

  std::vector<std::string> addresses() const {
    std::vector<std::string> urls;
    for (const auto& acceptor : acceptors_) {
      urls.push_back(url_of(acceptor->listener(), static_cast<bool>(certificate_)));
    }
    return urls;
  }

  void put_metrics(MetricSink& sink) const {
    times_->put_metrics(sink);
    limits_.put_metrics(sink);
    connection_limit_.put_metrics(sink);
    followers_.put_metrics(sink);
  }

 private:
  static void on_begun(SoupServer*, SoupServerMessage* message, gpointer self) {
    auto* state = static_cast<State*>(self);
    Exchange::attach(state->loop_, message, state->deadlines_, state->downloads_, *state->times_,
                     state->idle_);
    Exchange::of(message)->add_header("Veche-Instance", state->api_.rooms.instance());
  }
  static void on_headers(SoupServer*, SoupServerMessage* message, const char*, GHashTable* query,
                         gpointer self) {
    Exchange& exchange = *Exchange::of(message);
    guarded(exchange,
            [&] { static_cast<State*>(self)->dispatcher_.on_headers(exchange, map_of(query)); });
  }
  static void on_body(SoupServer*, SoupServerMessage* message, const char*, GHashTable*,
                      gpointer self) {
    Exchange& exchange = *Exchange::of(message);
    guarded(exchange, [&] { static_cast<State*>(self)->dispatcher_.on_body(exchange); });
  }

  glib::ControlLoop& loop_;
  const Deadlines deadlines_;
  RequestLimits limits_;
  RequestGate gate_;
  ConnectionLimit connection_limit_;
  Downloads downloads_;
  IdleConnections idle_;
  ClientSockets sockets_;
  EventFollowers followers_;
  Api api_;
  Router router_;
  std::unique_ptr<RouteTimes> times_;  ///< Of the routes that the constructor adds.
  const PluginRoutes plugin_routes_;
  LogAnswerStore answers_;
  IdempotentRequests idempotent_;
  Dispatcher dispatcher_;
  const glib::Ref<SoupServer> soup_;
  glib::Ref<GTlsCertificate> certificate_;
  glib::Signal begun_;
  OpenSockets connections_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
};

void Server::put_metrics(MetricSink& sink) const { state_->put_metrics(sink); }

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Status Server::use(const Settings& settings) {
  auto verified = check(settings);
  if (!verified) return verified.error();
  state_->use(settings, std::move(*verified));
  return Ok{};
}

void Server::set_restart_needed(std::vector<std::string> keys) {
  state_->set_restart_needed(std::move(keys));
}

std::vector<std::string> Server::addresses() const { return state_->addresses(); }

void Server::finish_events() { state_->followers().finish(); }

bool Server::has_finished_events() const { return state_->followers().is_idle(); }

Result<std::unique_ptr<Server>> Server::start(glib::ControlLoop& loop, const Settings& settings,
                                              room::Server& rooms, plugin::Host& plugins,
                                              events::Log& events, events::Webhooks& webhooks) {
  auto verified = check(settings);
  if (!verified) return verified.error();
  auto state = std::make_unique<State>(loop, settings, rooms, plugins, events, webhooks,
                                       std::move(*verified));
  for (const std::string& address : settings.listen) {
    if (Status listening = state->listen(address, settings.listen); !listening)
      return listening.error();
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

}  // namespace veche::http
