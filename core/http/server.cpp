// SPDX-License-Identifier: Apache-2.0
// The edge to libsoup: its server, its callbacks, and what a request meets behind them.
#include "http/server.hpp"

#include <libsoup/soup.h>

#include <exception>
#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "glib/signal.hpp"
#include "http/api.hpp"
#include "http/client_socket.hpp"
#include "http/dispatcher.hpp"
#include "http/downloads.hpp"
#include "http/exchange.hpp"
#include "http/listen.hpp"
#include "http/plugin_routes.hpp"
#include "http/problem.hpp"
#include "http/static_files.hpp"

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

/// The door: exceptions of the standard library end here, as a 500.
template <class Task>
void guarded(Exchange& exchange, Task task) {
  try {
    task();
  } catch (const std::exception& error) {
    log::error("http", "a request failed: " + std::string(error.what()));
    exchange.respond(problem(500, "The server's log says more."));
  }
}

/// libsoup before 3.4 never gives back the reference with which it accepted a connection's socket:
/// 336 bytes of each connection would stay for ever. By now the connection has one of its own.
void release_accepted(SoupServerMessage* message) {
  constexpr const char* kReleased = "veche-accepted-reference-released";
  GSocket* socket = soup_server_message_get_socket(message);
  if (soup_check_version(3, 4, 0) || !socket) return;
  // A connection may begin several messages.
  if (g_object_get_data(G_OBJECT(socket), kReleased)) return;
  g_object_set_data(G_OBJECT(socket), kReleased, socket);
  g_object_unref(socket);
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
        plugin::Host& plugins, Authenticator auth, StaticFiles files)
      : loop_(loop),
        deadlines_(settings.deadlines),
        downloads_(loop),
        sockets_(loop, rooms, settings.deadlines.ping_ms),
        api_{rooms,           plugins,
             std::move(auth), settings.ice_servers,
             sockets_,        [this] { return addresses(); },
             unix_ms()},
        plugin_routes_(plugins, settings.deadlines.plugin_ms),
        dispatcher_(router_, plugin_routes_, api_.auth, settings.cors_origins,
                    pages_of(std::move(files), !settings.static_dir.empty())),
        soup_(glib::adopt(soup_server_new("raw-paths", TRUE, nullptr))) {
    add_plugin_routes(router_, api_);
    add_server_routes(router_, api_);
    add_room_routes(router_, api_);
    add_participant_routes(router_, api_);
    add_session_routes(router_, api_);
    add_event_routes(router_, api_);
    // libsoup's "/" does not match the path of "OPTIONS *".
    for (const char* path : {"/", "*"}) {
      soup_server_add_early_handler(soup_.get(), path, on_headers, this, nullptr);
      soup_server_add_handler(soup_.get(), path, on_body, this, nullptr);
    }
    begun_ = glib::Signal(soup_.get(), "request-started", G_CALLBACK(on_begun), this);
  }
  ~State() { soup_server_disconnect(soup_.get()); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Status listen(const std::string& address) {
    auto socket = listen_on(address);
    if (!socket.ok()) return socket.error();
    GError* raw_error = nullptr;
    const bool listens = soup_server_listen_socket(soup_.get(), socket->get(),
                                                   SoupServerListenOptions(0), &raw_error);
    const glib::ErrorPtr error(raw_error);
    if (!listens) return internal("cannot listen on " + address + ": " + error->message);
    log::info("http", "listening on " + url_of(socket->get()));
    listeners_.push_back(std::move(*socket));
    return Ok{};
  }

  std::vector<std::string> addresses() const {
    std::vector<std::string> urls;
    for (const glib::Ref<GSocket>& listener : listeners_) urls.push_back(url_of(listener.get()));
    return urls;
  }

 private:
  static void on_begun(SoupServer*, SoupServerMessage* message, gpointer self) {
    auto* state = static_cast<State*>(self);
    Exchange::attach(state->loop_, message, state->deadlines_, state->downloads_);
    release_accepted(message);
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
  Downloads downloads_;
  ClientSockets sockets_;
  Api api_;
  Router router_;
  const PluginRoutes plugin_routes_;
  Dispatcher dispatcher_;
  const glib::Ref<SoupServer> soup_;
  glib::Signal begun_;
  std::vector<glib::Ref<GSocket>> listeners_;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

std::vector<std::string> Server::addresses() const { return state_->addresses(); }

Result<std::unique_ptr<Server>> Server::start(glib::ControlLoop& loop, const Settings& settings,
                                              room::Server& rooms, plugin::Host& plugins) {
  auto auth = Authenticator::create(settings.keys);
  if (!auth.ok()) return auth.error();
  auto files = StaticFiles::create(settings.static_dir);
  if (!files.ok()) return files.error();
  auto state =
      std::make_unique<State>(loop, settings, rooms, plugins, std::move(*auth), std::move(*files));
  for (const std::string& address : settings.listen) {
    if (Status listening = state->listen(address); !listening.ok()) return listening.error();
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

}  // namespace veche::http
