// SPDX-License-Identifier: Apache-2.0
// Gives the extensions of running plugins to engine and rooms, and takes them back before a plugin
// ends.
#include "plugin/host_state.hpp"

#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "plugin/hook_metrics.hpp"

namespace veche::plugin {

void Host::State::attach(media::Engine& engine, room::Server& rooms) {
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

void Host::State::detach() {
  watch_timer_.cancel();
  if (rooms_) {
    for (const auto& instance : instances()) {
      for (const auto& adapter : instance->adapters()) adapter->leave(*rooms_);
    }
  }
  engine_ = nullptr;
  rooms_ = roster_.surroundings().rooms = nullptr;
}

void Host::State::use_server_metrics(std::function<void(MetricSink&)> put) {
  auto& server_metrics = roster_.surroundings().server_metrics;
  server_metrics = nullptr;
  if (!put) return;
  server_metrics = [this, put = std::move(put)](MetricSink& sink) {
    put(sink);
    put_hook_metrics(sink, instances());
  };
}

void Host::State::disable(const std::string& name, std::function<void(Status)> done) {
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

Status Host::State::enable(const std::string& name) {
  const std::shared_ptr<PluginInstance> instance = roster_.find(name);
  if (!instance) return unknown(name);
  if (instance->state() != PluginInstance::State::Disabled &&
      instance->state() != PluginInstance::State::Failed) {
    return Error{ErrorCode::Conflict, "the plugin \"" + name + "\" is not disabled"};
  }
  return start(roster_.index_of(name));
}

void Host::State::reconfigure(const PluginRequest& request, std::function<void(Status)> done) {
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

void Host::State::stop() {
  alive_.reset();
  roster_.stop();
}

Error Host::State::unknown(const std::string& name) {
  return not_found("there is no plugin \"" + name + "\" in the configuration");
}

Status Host::State::start(size_t index) {
  Status started = roster_.start(index);
  if (started) give(*instances()[index]);
  return started;
}

Status Host::State::start_again(size_t index, const PluginRequest& former) {
  Status started = start(index);
  if (started) return started;
  roster_.replace_request(index, former);
  static_cast<void>(start(index));
  return started;
}

void Host::State::look_at_times(int64_t now_ns) {
  for (const auto& instance : Roster::Instances(instances())) {
    if (instance->state() != PluginInstance::State::Running) continue;
    const PluginRequest& request = instance->candidate().request;
    const TimeWatch::Verdict verdict = instance->look_at_times(now_ns);
    if (!verdict.report.empty()) log::warning(request.name, verdict.report);
    if (!verdict.too_slow || !request.disable_when_slow) continue;
    log::error("plugin", request.name + " is too slow, and is disabled as the configuration says");
    roster_.tell(request.name, "too_slow", "its calls take longer than its time_limits allow");
    disable(request.name, [](const Status&) {});
  }
}

void Host::State::look_at_faults(int64_t now_ns) {
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

void Host::State::give_up_waiting(int64_t now_ns) {
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

void Host::State::give(PluginInstance& instance) {
  if (!engine_) return;
  for (const auto& adapter : instance.adapters()) adapter->give(*engine_, *rooms_);
}

void Host::State::take(PluginInstance& instance, const std::shared_ptr<void>& latch) {
  if (!engine_) return;
  for (const auto& adapter : instance.adapters()) {
    adapter->take(*engine_, *rooms_, [latch] {});
  }
}

}  // namespace veche::plugin
