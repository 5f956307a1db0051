// SPDX-License-Identifier: Apache-2.0
// Gives the extensions of running plugins to engine and rooms, takes them back before a plugin
// ends, and hands events to the observers.
#include "plugin/host.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "plugin/hook_metrics.hpp"
#include "plugin/http_routes_adapter.hpp"
#include "plugin/roster.hpp"

namespace veche::plugin {
class Host::State {
 public:
  State(glib::ControlLoop& loop, std::vector<std::string> plugin_dirs)
      : loop_(loop), roster_(loop, std::move(plugin_dirs)) {}
  ~State() { stop(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Status add(const PluginRequest& request) { return roster_.add(request); }
  const Roster::Instances& instances() const { return roster_.instances(); }

  /// The first of all plugins' adapters that is a Hooks; null if there is none.
  template <class Hooks>
  Hooks* find() const {
    for (const auto& instance : instances()) {
      if (Hooks* hooks = instance->template find<Hooks>()) return hooks;
    }
    return nullptr;
  }

  void attach(media::Engine& engine, room::Server& rooms) {
    engine_ = &engine;
    rooms_ = roster_.surroundings().rooms = &rooms;
    watch_timer_ = loop_.every(1000, [this] {
      look_at_times(monotonic_ns());
      look_at_faults(monotonic_ns());
      give_up_waiting(monotonic_ns());
    });
    for (const auto& instance : instances()) give(*instance);
    roster_.tell_failed();
  }

  void detach() {
    watch_timer_.cancel();
    if (rooms_) {
      for (const auto& instance : instances()) {
        for (const auto& adapter : instance->adapters()) adapter->leave(*rooms_);
      }
    }
    engine_ = nullptr;
    rooms_ = roster_.surroundings().rooms = nullptr;
  }

  void use_server_metrics(std::function<void(MetricSink&)> put) {
    auto& server_metrics = roster_.surroundings().server_metrics;
    server_metrics = nullptr;
    if (!put) return;
    server_metrics = [this, put = std::move(put)](MetricSink& sink) {
      put(sink);
      put_hook_metrics(sink, instances());
    };
  }

  void disable(const std::string& name, std::function<void(Status)> done) {
    const std::shared_ptr<PluginInstance> instance = roster_.find(name);
    if (!instance) return done(unknown(name));
    if (instance->state() != PluginInstance::State::Running) {
      return done(Error{ErrorCode::Conflict, "the plugin \"" + name + "\" does not run"});
    }
    log::info("plugin", name + " is being disabled");
    instance->quiesce();
    const auto waiting = std::make_shared<Waiting>(Waiting{instance, std::move(done)});
    std::erase_if(waiting_, [](const auto& each) { return each.expired(); });
    waiting_.push_back(waiting);
    // Each adapter holds it until no thread calls its hooks any more.
    const std::shared_ptr<void> latch(nullptr, [waiting](void*) {
      waiting->instance->disable();
      waiting->answer(Ok{});
    });
    take(*instance, latch);
  }

  Status enable(const std::string& name) {
    const std::shared_ptr<PluginInstance> instance = roster_.find(name);
    if (!instance) return unknown(name);
    if (instance->state() != PluginInstance::State::Disabled &&
        instance->state() != PluginInstance::State::Failed) {
      return Error{ErrorCode::Conflict, "the plugin \"" + name + "\" is not disabled"};
    }
    return start(roster_.index_of(name));
  }

  void reconfigure(const PluginRequest& request, std::function<void(Status)> done) {
    const size_t index = roster_.index_of(request.name);
    if (index == instances().size()) return done(unknown(request.name));
    const PluginRequest former = roster_.replace_request(index, request);
    switch (instances()[index]->state()) {
      case PluginInstance::State::Running:
        return disable(request.name, [this, index, former, done = std::move(done),
                                      alive = std::weak_ptr<bool>(alive_)](const Status& ended) {
          // The host may have stopped meanwhile, and stopped it.
          if (alive.expired()) return;
          if (!ended) roster_.replace_request(index, former);
          done(ended ? start_again(index, former) : ended);
        });
      case PluginInstance::State::Failed: return done(start_again(index, former));
      default: return done(Ok{});
    }
  }

  void stop() {
    alive_.reset();
    roster_.stop();
  }

 private:
  /// A plugin that is being disabled. The adapters own it.
  struct Waiting {
    std::shared_ptr<PluginInstance> instance;
    std::function<void(Status)> done;  ///< Null once it has been called.

    void answer(const Status& status) {
      if (const auto call = std::exchange(done, nullptr)) call(status);
    }
  };

  static Error unknown(const std::string& name) {
    return not_found("there is no plugin \"" + name + "\" in the configuration");
  }

  Status start(size_t index) {
    Status started = roster_.start(index);
    if (started) give(*instances()[index]);
    return started;
  }

  /// With its settings, or else with those that it had.
  Status start_again(size_t index, const PluginRequest& former) {
    Status started = start(index);
    if (started) return started;
    roster_.replace_request(index, former);
    static_cast<void>(start(index));
    return started;
  }

  void look_at_times(int64_t now_ns) {
    for (const auto& instance : Roster::Instances(instances())) {
      if (instance->state() != PluginInstance::State::Running) continue;
      const PluginRequest& request = instance->candidate().request;
      const TimeWatch::Verdict verdict = instance->look_at_times(now_ns);
      if (!verdict.report.empty()) log::warning(request.name, verdict.report);
      if (!verdict.too_slow || !request.disable_when_slow) continue;
      log::error("plugin",
                 request.name + " is too slow, and is disabled as the configuration says");
      roster_.tell(request.name, "too_slow", "its calls take longer than its time_limits allow");
      disable(request.name, [](const Status&) {});
    }
  }

  void look_at_faults(int64_t now_ns) {
    uint64_t bad_selections = 0;
    for (const media::LaneStatistics& lane : engine_->lanes()) {
      bad_selections += lane.bad_selections;
    }
    for (const auto& instance : instances()) {
      if (instance->state() != PluginInstance::State::Running) continue;
      for (const std::string& line : instance->look_at_faults(bad_selections, now_ns)) {
        log::warning(instance->candidate().request.name, line);
      }
    }
  }

  /// A hook that hangs may never return: the caller gets an answer nevertheless.
  void give_up_waiting(int64_t now_ns) {
    for (const std::weak_ptr<Waiting>& each : std::vector(waiting_)) {
      const std::shared_ptr<Waiting> waiting = each.lock();
      const auto call = waiting ? waiting->instance->hang(now_ns) : std::nullopt;
      if (!call) continue;
      waiting->answer(Error{ErrorCode::Unavailable,
                            "the plugin \"" + call->label->plugin +
                                "\" cannot be disabled now: " + describe_hang(*call, now_ns) +
                                ". It is disabled as soon as that returns; if it never does, "
                                "restart the server"});
    }
  }

  void give(PluginInstance& instance) {
    if (!engine_) return;
    for (const auto& adapter : instance.adapters()) adapter->give(*engine_, *rooms_);
  }

  void take(PluginInstance& instance, const std::shared_ptr<void>& latch) {
    if (!engine_) return;
    for (const auto& adapter : instance.adapters()) {
      adapter->take(*engine_, *rooms_, [latch] {});
    }
  }

  glib::ControlLoop& loop_;
  Roster roster_;
  media::Engine* engine_ = nullptr;  ///< Null, like the rooms, unless attached.
  room::Server* rooms_ = nullptr;
  glib::Timer watch_timer_;
  std::vector<std::weak_ptr<Waiting>> waiting_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // Until stop().
};

Host::Host(std::unique_ptr<State> state) : state_(std::move(state)) {}
Host::~Host() = default;

Result<std::unique_ptr<Host>> Host::load(glib::ControlLoop& loop, const HostSettings& settings) {
  auto state = std::make_unique<State>(loop, settings.plugin_dirs);
  for (const PluginRequest& request : settings.plugins) {
    if (auto added = state->add(request); !added) return added.error();
  }
  return std::unique_ptr<Host>(new Host(std::move(state)));
}

std::vector<PluginProblem> Host::check(const HostSettings& settings, Opening opening) {
  return check_plugins(settings, opening);
}

std::vector<PluginInfo> Host::plugins() const {
  std::vector<PluginInfo> infos;
  for (const auto& instance : state_->instances()) infos.push_back(instance->info());
  return infos;
}

media::Selector* Host::selector() { return state_->find<media::Selector>(); }

media::PacketPolicy* Host::packet_policy() { return state_->find<media::PacketPolicy>(); }

void Host::attach(media::Engine& engine, room::Server& rooms) { state_->attach(engine, rooms); }
void Host::detach() { state_->detach(); }

void Host::disable(const std::string& name, std::function<void(Status)> done) {
  state_->disable(name, std::move(done));
}

Status Host::enable(const std::string& name) { return state_->enable(name); }

void Host::reconfigure(const PluginRequest& request, std::function<void(Status)> done) {
  state_->reconfigure(request, std::move(done));
}

HttpRoutesAdapter* Host::http_routes(std::string_view name) const {
  for (const auto& instance : state_->instances()) {
    if (instance->candidate().request.name == name &&
        instance->state() == PluginInstance::State::Running) {
      return instance->find<HttpRoutesAdapter>();
    }
  }
  return nullptr;
}

std::vector<std::string> Host::plugins_with_routes() const {
  std::vector<std::string> names;
  for (const auto& instance : state_->instances()) {
    const std::string& name = instance->candidate().request.name;
    if (http_routes(name)) names.push_back(name);
  }
  return names;
}

std::string Host::metrics_plugin() const {
  for (const auto& instance : state_->instances()) {
    const PluginRequest& request = instance->candidate().request;
    if (request.serves_metrics) return request.name;
  }
  return "";
}

bool Host::metrics_are_public() const {
  const auto& all = state_->instances();
  return std::any_of(all.begin(), all.end(), [](const auto& instance) {
    const PluginRequest& request = instance->candidate().request;
    return request.serves_metrics && request.public_metrics;
  });
}

void Host::use_server_metrics(std::function<void(MetricSink&)> put) {
  state_->use_server_metrics(std::move(put));
}

void Host::on_event(const room::Event& event) {
  veche_event view{};
  view.struct_size = sizeof view;
  view.seq = event.seq;
  view.time_unix_ms = event.time_unix_ms;
  view.type = event.type.c_str();
  view.room = event.room.c_str();
  view.participant = event.participant.c_str();
  view.data = event.data.c_str();
  const log::Scope scope({event.room, event.participant, {}});
  for (const auto& instance : state_->instances()) instance->on_event(view);
}

void Host::stop() { state_->stop(); }

}  // namespace veche::plugin
