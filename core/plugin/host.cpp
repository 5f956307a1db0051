// SPDX-License-Identifier: Apache-2.0
// Loads plugins in the order of the configuration, gives their hooks to the engine and takes them
// back, hands events to their observers, and stops them in reverse.
#include "plugin/host.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "plugin/hook_metrics.hpp"
#include "plugin/plugin_instance.hpp"

namespace veche::plugin {
namespace {

/// Why `candidate` cannot run beside those before it; "" if it can. Only what runs, or could, is in
/// the way; but a name is taken even by a plugin that failed, because rooms and messages use it.
template <class IsInTheWay>
std::string find_refusal(const Candidate& candidate, const std::vector<const Candidate*>& earlier,
                         IsInTheWay&& is_in_the_way) {
  for (const Candidate* other : earlier) {
    if (candidate.request.name == other->request.name) {
      return "the name \"" + candidate.request.name + "\" is already in the list of plugins";
    }
  }
  for (size_t i = 0; i < earlier.size(); ++i) {
    if (!is_in_the_way(i)) continue;
    if (auto conflict = find_conflict(candidate, *earlier[i]); !conflict.empty()) return conflict;
  }
  return {};
}

}  // namespace

class Host::State {
 public:
  State(glib::ControlLoop& loop, std::vector<std::string> plugin_dirs)
      : loop_(loop), plugin_dirs_(std::move(plugin_dirs)) {}
  ~State() { stop(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Adds the plugin, running or failed. An error only if it is required.
  Status add(const PluginRequest& request) {
    instances_.emplace_back();
    requests_.push_back(request);
    const Status started = start(instances_.size() - 1);
    if (started || !request.required) return Ok{};
    return Error{started.error().code,
                 "the required plugin \"" + request.name + "\" failed: " + started.error().message};
  }

  void attach(media::Engine& engine, room::Server& rooms) {
    engine_ = &engine;
    surroundings_.rooms = &rooms;
    watch_timer_ = loop_.every(1000, [this] { look_at_times(monotonic_ns()); });
    for (const auto& instance : instances_) give_hooks(*instance);
  }

  void detach() {
    watch_timer_.cancel();
    if (surroundings_.rooms) {
      surroundings_.rooms->use_controller(nullptr);
      for (const auto& instance : instances_) take_rooms(*instance);
    }
    engine_ = nullptr;
    surroundings_.rooms = nullptr;
  }

  void use_server_metrics(std::function<void(MetricSink&)> put) {
    surroundings_.server_metrics = nullptr;
    if (!put) return;
    surroundings_.server_metrics = [this, put = std::move(put)](MetricSink& sink) {
      put(sink);
      put_hook_metrics(sink, instances_);
    };
  }

  void disable(const std::string& name, std::function<void(Status)> done) {
    const std::shared_ptr<PluginInstance> instance = find(name);
    if (!instance) return done(unknown(name));
    if (instance->state() != PluginInstance::State::Running) {
      return done(Error{ErrorCode::Conflict, "the plugin \"" + name + "\" does not run"});
    }
    log::info("plugin", name + " is being disabled");
    instance->quiesce();
    // Let go of when nobody calls its hooks any more.
    const std::shared_ptr<void> latch(nullptr, [instance, done = std::move(done)](void*) {
      instance->disable();
      done(Ok{});
    });
    take_hooks(*instance, latch);
  }

  Status enable(const std::string& name) {
    const std::shared_ptr<PluginInstance> instance = find(name);
    if (!instance) return unknown(name);
    if (instance->state() != PluginInstance::State::Disabled &&
        instance->state() != PluginInstance::State::Failed) {
      return Error{ErrorCode::Conflict, "the plugin \"" + name + "\" is not disabled"};
    }
    return start_with_hooks(index_of(name));
  }

  void reconfigure(const PluginRequest& request, std::function<void(Status)> done) {
    const size_t index = index_of(request.name);
    if (index == instances_.size()) return done(unknown(request.name));
    const PluginRequest former = std::exchange(requests_[index], request);
    switch (instances_[index]->state()) {
      case PluginInstance::State::Running:
        return disable(request.name, [this, index, former, done = std::move(done),
                                      alive = std::weak_ptr<bool>(alive_)](const Status&) {
          // The host may have stopped meanwhile, and stopped it.
          if (!alive.expired()) done(start_again(index, former));
        });
      case PluginInstance::State::Failed: return done(start_again(index, former));
      default: return done(Ok{});
    }
  }

  const std::vector<std::shared_ptr<PluginInstance>>& instances() const { return instances_; }

  void stop() {
    alive_.reset();
    std::for_each(instances_.rbegin(), instances_.rend(), [](auto& instance) { instance->stop(); });
  }

 private:
  static Error unknown(const std::string& name) {
    return not_found("there is no plugin \"" + name + "\" in the configuration");
  }

  std::shared_ptr<PluginInstance> find(const std::string& name) const {
    const size_t index = index_of(name);
    return index == instances_.size() ? nullptr : instances_[index];
  }

  /// The number of all if there is none of that name.
  size_t index_of(const std::string& name) const {
    const auto found =
        std::find_if(requests_.begin(), requests_.end(),
                     [&](const PluginRequest& request) { return request.name == name; });
    return static_cast<size_t>(found - requests_.begin());
  }

  Status start_with_hooks(size_t index) {
    Status started = start(index);
    if (started) give_hooks(*instances_[index]);
    return started;
  }

  /// With its settings, or else with those that it had.
  Status start_again(size_t index, const PluginRequest& former) {
    Status started = start_with_hooks(index);
    if (started) return started;
    requests_[index] = former;
    static_cast<void>(start_with_hooks(index));
    return started;
  }

  /// Puts a new instance into that place, running or failed.
  Status start(size_t index) {
    const PluginRequest& request = requests_[index];
    auto instance =
        std::make_shared<PluginInstance>(loop_, surroundings_, examine(request, plugin_dirs_));
    Status status = Ok{};
    if (instance->state() == PluginInstance::State::Failed) {
      status = invalid(instance->error());
    } else if (const auto refusal = refusal_of(index, instance->candidate()); !refusal.empty()) {
      instance->refuse(instance->candidate().at_file(refusal));
      status = Error{ErrorCode::Conflict, instance->error()};
    } else {
      status = instance->start();
    }
    instances_[index] = instance;
    if (status) {
      log::info("plugin", request.name + " runs: " + instance->candidate().path);
    } else {
      log::error("plugin", request.name + " failed: " + status.error().message);
    }
    return status;
  }

  /// Beside all others that are there.
  std::string refusal_of(size_t index, const Candidate& candidate) const {
    std::vector<const Candidate*> others;
    std::vector<bool> in_the_way;
    for (size_t i = 0; i < instances_.size(); ++i) {
      if (i == index || !instances_[i]) continue;
      others.push_back(&instances_[i]->candidate());
      in_the_way.push_back(instances_[i]->is_in_the_way());
    }
    return find_refusal(candidate, others, [&](size_t i) { return in_the_way[i]; });
  }

  void look_at_times(int64_t now_ns) {
    for (const auto& instance : std::vector(instances_)) {
      if (instance->state() != PluginInstance::State::Running) continue;
      const PluginRequest& request = instance->candidate().request;
      const TimeWatch::Verdict verdict = instance->look_at_times(now_ns);
      if (!verdict.report.empty()) log::warning(request.name, verdict.report);
      if (!verdict.too_slow || !request.disable_when_slow) continue;
      log::error("plugin",
                 request.name + " is too slow, and is disabled as the configuration says");
      disable(request.name, [](const Status&) {});
    }
  }

  void give_hooks(PluginInstance& instance) {
    if (!engine_) return;
    if (media::Selector* selector = instance.selector()) {
      engine_->use_selector(selector, [] {});
      surroundings_.rooms->on_selector_changed();
    }
    if (room::Controller* controller = instance.controller()) {
      surroundings_.rooms->use_controller(controller);
    }
    if (room::RoomSettings* settings = instance.room_settings()) {
      surroundings_.rooms->add_room_settings(*settings);
    }
    if (TrackTapAdapter* tap = instance.track_tap()) tap->attach(engine_->track_taps());
    if (media::PacketPolicy* policy = instance.packet_policy()) {
      engine_->use_packet_policy(policy, [] {});
    }
  }

  void take_hooks(PluginInstance& instance, const std::shared_ptr<void>& latch) {
    if (!engine_) return;
    if (instance.controller()) surroundings_.rooms->use_controller(nullptr);
    take_rooms(instance);
    if (TrackTapAdapter* tap = instance.track_tap()) tap->release([latch] {});
    if (instance.selector()) engine_->use_selector(nullptr, [latch] {});
    if (instance.packet_policy()) engine_->use_packet_policy(nullptr, [latch] {});
  }

  void take_rooms(PluginInstance& instance) {
    if (room::RoomSettings* settings = instance.room_settings()) {
      surroundings_.rooms->remove_room_settings(*settings);
    }
  }

  glib::ControlLoop& loop_;
  const std::vector<std::string> plugin_dirs_;
  media::Engine* engine_ = nullptr;
  Surroundings surroundings_;
  glib::Timer watch_timer_;
  std::vector<std::shared_ptr<PluginInstance>> instances_;  // Shared with those who disable one.
  std::vector<PluginRequest> requests_;  ///< Of each instance; newer than its own while it ends.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // Until stop().
};

Host::Host(std::unique_ptr<State> state) : state_(std::move(state)) {}
Host::~Host() = default;

Result<std::unique_ptr<Host>> Host::load(glib::ControlLoop& loop, const HostSettings& settings) {
  auto state = std::make_unique<State>(loop, settings.plugin_dirs);
  for (const PluginRequest& request : settings.plugins) {
    if (auto added = state->add(request); !added) return std::move(added).error();
  }
  return std::unique_ptr<Host>(new Host(std::move(state)));
}

std::vector<PluginProblem> Host::check(const HostSettings& settings) {
  std::vector<PluginProblem> problems;
  std::vector<Candidate> candidates;
  candidates.reserve(settings.plugins.size());
  std::vector<const Candidate*> earlier;
  for (const PluginRequest& request : settings.plugins) {
    const auto index = static_cast<uint32_t>(candidates.size());
    Candidate candidate = examine(request, settings.plugin_dirs);
    if (candidate.accepted()) {
      auto refusal =
          find_refusal(candidate, earlier, [&](size_t i) { return candidates[i].accepted(); });
      if (!refusal.empty()) candidate.problems.push_back({"", std::move(refusal)});
    }
    for (const auto& [pointer, detail] : candidate.problems) {
      problems.push_back(
          {request.name, index, pointer, pointer.empty() ? candidate.at_file(detail) : detail});
    }
    earlier.push_back(&candidates.emplace_back(std::move(candidate)));
  }
  return problems;
}

std::vector<PluginInfo> Host::plugins() const {
  std::vector<PluginInfo> infos;
  for (const auto& instance : state_->instances()) infos.push_back(instance->info());
  return infos;
}

media::Selector* Host::selector() {
  for (const auto& instance : state_->instances()) {
    if (media::Selector* selector = instance->selector()) return selector;
  }
  return nullptr;
}

media::PacketPolicy* Host::packet_policy() {
  for (const auto& instance : state_->instances()) {
    if (media::PacketPolicy* policy = instance->packet_policy()) return policy;
  }
  return nullptr;
}

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
      return instance->http_routes();
    }
  }
  return nullptr;
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
