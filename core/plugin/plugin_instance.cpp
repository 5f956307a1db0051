// SPDX-License-Identifier: Apache-2.0
// Takes one plugin through create, start, stop and destroy, and undoes the steps before a failure.
#include "plugin/plugin_instance.hpp"

#include <veche/selector.h>

#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "plugin/extensions.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/observer_adapter.hpp"
#include "room/server.hpp"

namespace veche::plugin {

PluginInstance::PluginInstance(glib::ControlLoop& loop, Surroundings& surroundings,
                               Candidate candidate)
    : loop_(loop),
      surroundings_(surroundings),
      candidate_(std::move(candidate)),
      timers_(candidate_.request.time_limits, candidate_.request.name),
      create_timer_(timers_.unlimited("create")),
      start_timer_(timers_.unlimited("start")),
      stop_timer_(timers_.unlimited("stop")),
      destroy_timer_(timers_.unlimited("destroy")),
      callback_timer_(timers_.on_control("loop.callback")) {
  if (!candidate_.accepted()) refuse(candidate_.problems_text());
}

void PluginInstance::refuse(std::string reason) {
  assert(state_ == State::Loaded);
  state_ = State::Failed;
  error_ = std::move(reason);
}

Status PluginInstance::start() {
  assert(is_on_control() && state_ == State::Loaded);
  Status status = create();
  if (status) status = bind();
  if (status) status = begin();
  if (status) return status;
  detach();
  destroy();
  state_ = State::Failed;
  error_ = candidate_.at_file(status.error().message);
  return Error{status.error().code, error_};
}

Status PluginInstance::create() {
  services_ = std::make_unique<Services>(candidate_.request.name, loop_, *candidate_.config,
                                         callback_timer_, surroundings_);
  veche_error error = make_error();
  auto created =
      call_hook(create_timer_, [&] { return candidate_.entry->create(services_->host(), &error); });
  if (!created) return created.error();
  if (!*created) return to_error(error, "create");
  self_ = *created;
  state_ = State::Created;
  return Ok{};
}

Status PluginInstance::bind() {
  const bool selects = candidate_.has_offer(VECHE_EXT_SELECTOR);
  const Binding binding{candidate_.request, loop_, self_, timers_, *services_, selects};
  // Its tables may lead anywhere.
  const HookMark reading(hook_label(candidate_.request.name, "get_extension"), monotonic_ns());
  for (const Extension& extension : extensions()) {
    if (!candidate_.has_offer(extension.id)) continue;
    const std::string id(extension.id);
    HookTimer unlisted("get_extension", 0, candidate_.request.name);
    const auto table =
        call_hook(unlisted, [&] { return candidate_.entry->get_extension(id.c_str()); });
    if (!table) return table.error();
    if (auto checked = check_extension_table(id, *table); !checked) return checked;
    auto adapter = extension.bind(*table, binding);
    if (!adapter) return adapter.error();
    adapters_.push_back(*std::move(adapter));
  }
  return Ok{};
}

Status PluginInstance::begin() {
  veche_error error = make_error();
  auto started = call_hook(start_timer_, [&] { return candidate_.entry->start(self_, &error); });
  if (!started) return started.error();
  if (*started != VECHE_OK) {
    error.code = *started;
    return to_error(error, "start");
  }
  state_ = State::Running;
  return Ok{};
}

void PluginInstance::quiesce() {
  assert(state_ == State::Running);
  state_ = State::Disabling;
}

void PluginInstance::disable() {
  if (state_ == State::Disabling) end(State::Disabled);
}

void PluginInstance::stop() {
  if (is_in_the_way()) end(State::Stopped);
}

void PluginInstance::end(State state) {
  assert(is_on_control());
  detach();
  const auto stopped = call_hook(stop_timer_, [this] { candidate_.entry->stop(self_); });
  if (!stopped) log::error(candidate_.request.name, stopped.error().message);
  destroy();
  state_ = state;
}

namespace {

const char* to_string(PluginInstance::State state) {
  switch (state) {
    case PluginInstance::State::Running: return "running";
    case PluginInstance::State::Disabling: return "disabling";
    case PluginInstance::State::Disabled: return "disabled";
    case PluginInstance::State::Stopped: return "stopped";
    default: return "failed";
  }
}

}  // namespace

void PluginInstance::detach() {
  PluginInfo last;
  for (const auto& adapter : adapters_) adapter->describe(last);
  bad_verdicts_ = last.bad_verdicts;
  bad_decisions_ = last.bad_decisions;
  while (!adapters_.empty()) adapters_.pop_back();
  services_->close();
  wrong_thread_ = services_->wrong_thread();
}

void PluginInstance::destroy() {
  if (self_) {
    const auto destroyed = call_hook(destroy_timer_, [this] { candidate_.entry->destroy(self_); });
    if (!destroyed) log::error(candidate_.request.name, destroyed.error().message);
    self_ = nullptr;
  }
  services_.reset();
  if (surroundings_.rooms) surroundings_.rooms->take_notices(candidate_.request.name);
}

std::vector<std::string> PluginInstance::look_at_faults(uint64_t bad_selections, int64_t now_ns) {
  std::vector<std::string> lines;
  const auto add = [&lines](std::string line) {
    if (!line.empty()) lines.push_back(std::move(line));
  };
  PluginInfo counts;
  for (const auto& adapter : adapters_) adapter->describe(counts);
  add(verdict_watch_.look(counts.bad_verdicts, now_ns));
  add(decision_watch_.look(counts.bad_decisions, now_ns));
  if (!candidate_.has_offer(VECHE_EXT_SELECTOR)) return lines;
  if (!std::exchange(knows_selections_, true)) selection_watch_.begin_at(bad_selections);
  add(selection_watch_.look(bad_selections, now_ns));
  return lines;
}

std::optional<RunningHook> PluginInstance::hang(int64_t now_ns) const {
  return find_hang(running_hooks(), candidate_.request.name, now_ns);
}

void PluginInstance::on_event(const veche_event& event) {
  if (state_ != State::Running) return;
  if (auto* observer = find<ObserverAdapter>()) observer->on_event(event);
}

PluginInfo PluginInstance::info() const {
  PluginInfo info;
  info.name = candidate_.request.name;
  info.path = candidate_.path;
  info.required = candidate_.request.required;
  info.state = to_string(state_);
  info.error = error_;
  if (const auto call = is_in_the_way() ? hang(monotonic_ns()) : std::nullopt) {
    if (state_ == State::Running) info.state = "hanging";
    info.error = describe_hang(*call, monotonic_ns());
  }
  info.offers = candidate_.offers;
  if (const veche_plugin_entry* entry = candidate_.entry) {
    info.id = entry->id;
    info.version = entry->version;
    info.license = entry->license;
    info.summary = entry->summary;
    info.config_schema = plugin_text(entry->config_schema);
  }
  info.serves_metrics = candidate_.request.serves_metrics;
  for (const HookTimer& timer : timers_) {
    info.hooks.push_back({timer.name(), timer.calls(), timer.total_ns(), timer.max_ns(),
                          timer.slow(), timer.limit_ns(), timer.failures()});
  }
  if (services_) info.metrics = services_->metrics().read();
  info.wrong_thread = services_ ? services_->wrong_thread() : wrong_thread_;
  info.bad_decisions = bad_decisions_;
  info.bad_verdicts = bad_verdicts_;
  for (const auto& adapter : adapters_) adapter->describe(info);
  return info;
}

}  // namespace veche::plugin
