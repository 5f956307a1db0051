// SPDX-License-Identifier: Apache-2.0
// Loads plugins in the order of the configuration, hands events to their observers, and stops them
// in reverse.
#include "plugin/host.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
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
    auto instance = std::make_unique<PluginInstance>(loop_, examine(request, plugin_dirs_));
    Error error = invalid(instance->error());
    if (instance->state() != PluginInstance::State::Failed) {
      if (const auto refusal = refusal_of(instance->candidate()); !refusal.empty()) {
        instance->refuse(instance->candidate().at_file(refusal));
        error = Error{ErrorCode::Conflict, instance->error()};
      } else if (auto started = instance->start(); !started) {
        error = std::move(started).error();
      }
    }
    const bool running = instance->state() == PluginInstance::State::Running;
    instances_.push_back(std::move(instance));
    if (running) {
      log::info("plugin", request.name + " runs: " + instances_.back()->candidate().path);
      return Ok{};
    }
    if (request.required) {
      error.message = "the required plugin \"" + request.name + "\" failed: " + error.message;
      return error;
    }
    log::error("plugin", request.name + " failed: " + error.message);
    return Ok{};
  }

  std::vector<std::unique_ptr<PluginInstance>>& instances() { return instances_; }

  void stop() {
    std::for_each(instances_.rbegin(), instances_.rend(), [](auto& instance) { instance->stop(); });
  }

 private:
  std::string refusal_of(const Candidate& candidate) const {
    std::vector<const Candidate*> earlier;
    for (const auto& instance : instances_) earlier.push_back(&instance->candidate());
    return find_refusal(candidate, earlier, [this](size_t i) {
      return instances_[i]->state() == PluginInstance::State::Running;
    });
  }

  glib::ControlLoop& loop_;
  const std::vector<std::string> plugin_dirs_;
  std::vector<std::unique_ptr<PluginInstance>> instances_;
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

void Host::on_event(const room::Event& event) {
  veche_event view{};
  view.struct_size = sizeof view;
  view.seq = event.seq;
  view.time_unix_ms = event.time_unix_ms;
  view.type = event.type.c_str();
  view.room = event.room.c_str();
  view.participant = event.participant.c_str();
  view.data = event.data.c_str();
  for (const auto& instance : state_->instances()) instance->on_event(view);
}

void Host::stop() { state_->stop(); }

}  // namespace veche::plugin
