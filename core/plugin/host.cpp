// SPDX-License-Identifier: Apache-2.0
// What others ask a host for, and events on their way to the observers.
#include "plugin/host.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "plugin/host_state.hpp"
#include "plugin/http_routes_adapter.hpp"

namespace veche::plugin {

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
