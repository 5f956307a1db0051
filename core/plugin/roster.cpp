// SPDX-License-Identifier: Apache-2.0
// Starts plugins, and says which of them cannot run beside each other.
#include "plugin/roster.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "glib/json.hpp"
#include "room/server.hpp"

namespace veche::plugin {
namespace {

/// Another plugin of the configuration. Its name is taken even if it failed, because rooms and
/// messages use it; it is in the way of others only if it runs, or could.
struct Neighbour {
  const Candidate* candidate;
  bool is_in_the_way;
};

/// Why `candidate` cannot run beside its neighbours; "" if it can.
std::string find_refusal(const Candidate& candidate, const std::vector<Neighbour>& neighbours) {
  for (const Neighbour& other : neighbours) {
    if (candidate.request.name == other.candidate->request.name) {
      return "the name \"" + candidate.request.name + "\" is already in the list of plugins";
    }
  }
  for (const Neighbour& other : neighbours) {
    if (!other.is_in_the_way || !candidate.entry) continue;
    if (auto conflict = find_conflict(candidate, *other.candidate); !conflict.empty()) {
      return conflict;
    }
  }
  return {};
}

constexpr const char* kNotStarted = "start";

}  // namespace

std::vector<PluginProblem> check_plugins(const HostSettings& settings, Opening opening) {
  std::vector<PluginProblem> problems;
  std::vector<Candidate> candidates;
  candidates.reserve(settings.plugins.size());
  std::vector<Neighbour> earlier;
  for (const PluginRequest& request : settings.plugins) {
    const auto index = static_cast<uint32_t>(candidates.size());
    Candidate& candidate = candidates.emplace_back(examine(request, settings.plugin_dirs, opening));
    if (candidate.accepted()) {
      auto refusal = find_refusal(candidate, earlier);
      if (!refusal.empty()) candidate.problems.push_back({"", std::move(refusal)});
    }
    for (const auto& [pointer, detail] : candidate.problems) {
      problems.push_back(
          {request.name, index, pointer, pointer.empty() ? candidate.at_file(detail) : detail});
    }
    earlier.push_back({&candidate, candidate.accepted() && candidate.entry});
  }
  return problems;
}

Status Roster::add(const PluginRequest& request) {
  instances_.emplace_back();
  requests_.push_back(request);
  const Status started = start(instances_.size() - 1);
  if (started || !request.required) return Ok{};
  return Error{started.error().code,
               "the required plugin \"" + request.name + "\" failed: " + started.error().message};
}

Status Roster::start(size_t index) {
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
    tell(request.name, kNotStarted, status.error().message);
  }
  return status;
}

void Roster::tell_failed() const {
  for (const auto& instance : instances_) {
    if (instance->state() != PluginInstance::State::Failed) continue;
    tell(instance->candidate().request.name, kNotStarted, instance->error());
  }
}

void Roster::tell(const std::string& name, const char* reason, const std::string& detail) const {
  if (!surroundings_.rooms) return;
  glib::JsonWriter json;
  json.begin_object().key("plugin").string(name).key("reason").string(reason);
  surroundings_.rooms->emit("plugin.failed", json.key("detail").string(detail).end_object().text());
}

std::string Roster::refusal_of(size_t index, const Candidate& candidate) const {
  std::vector<Neighbour> others;
  for (size_t i = 0; i < instances_.size(); ++i) {
    if (i == index || !instances_[i]) continue;
    others.push_back({&instances_[i]->candidate(), instances_[i]->is_in_the_way()});
  }
  return find_refusal(candidate, others);
}

PluginRequest Roster::replace_request(size_t index, PluginRequest request) {
  return std::exchange(requests_[index], std::move(request));
}

void Roster::stop() {
  std::for_each(instances_.rbegin(), instances_.rend(), [](auto& instance) { instance->stop(); });
}

size_t Roster::index_of(const std::string& name) const {
  const auto found =
      std::find_if(requests_.begin(), requests_.end(),
                   [&](const PluginRequest& request) { return request.name == name; });
  return static_cast<size_t>(found - requests_.begin());
}

std::shared_ptr<PluginInstance> Roster::find(const std::string& name) const {
  const size_t index = index_of(name);
  return index == instances_.size() ? nullptr : instances_[index];
}

}  // namespace veche::plugin
