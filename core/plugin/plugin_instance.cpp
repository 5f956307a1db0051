// SPDX-License-Identifier: Apache-2.0
// Takes one plugin through create, start, stop and destroy; whatever fails on the way is undone.
#include "plugin/plugin_instance.hpp"

#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "plugin/extensions.hpp"
#include "plugin/hook_call.hpp"

namespace veche::plugin {

PluginInstance::PluginInstance(glib::ControlLoop& loop, Surroundings& surroundings,
                               Candidate candidate)
    : loop_(loop),
      surroundings_(surroundings),
      candidate_(std::move(candidate)),
      timers_(candidate_.request.time_limits),
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
  assert(loop_.is_control() && state_ == State::Loaded);
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
  if (!created) return std::move(created).error();
  if (!*created) return to_error(error, "create");
  self_ = *created;
  state_ = State::Created;
  return Ok{};
}

Status PluginInstance::bind() {
  for (const std::string& id : candidate_.offers) {
    HookTimer unlisted("get_extension");
    auto table = call_hook(unlisted, [&] { return candidate_.entry->get_extension(id.c_str()); });
    if (!table) return std::move(table).error();
    if (auto checked = check_extension_table(id, *table); !checked) return checked;
    if (id == VECHE_EXT_SELECTOR) {
      selector_ = std::make_unique<SelectorAdapter>(candidate_.request.name, loop_,
                                                    *static_cast<const veche_selector*>(*table),
                                                    self_, timers_);
    } else if (id == VECHE_EXT_PACKET_POLICY) {
      packet_policy_ = std::make_unique<PacketPolicyAdapter>(
          *static_cast<const veche_packet_policy*>(*table), self_, timers_);
    } else if (id == VECHE_EXT_CONTROLLER) {
      controller_ = std::make_unique<ControllerAdapter>(
          candidate_.request.name, *static_cast<const veche_controller*>(*table), self_, timers_);
    } else if (id == VECHE_EXT_HTTP_ROUTES) {
      auto bound = bind_http_routes(*static_cast<const veche_http_routes*>(*table));
      if (!bound) return bound;
    } else if (id == VECHE_EXT_ROOM_SETTINGS) {
      auto bound = bind_room_settings(*static_cast<const veche_room_settings*>(*table));
      if (!bound) return bound;
    } else if (id == VECHE_EXT_TRACK_TAP) {
      track_tap_ = std::make_unique<TrackTapAdapter>(candidate_.request.name, loop_,
                                                     *static_cast<const veche_track_tap*>(*table),
                                                     self_, timers_);
      services_->use_taps(track_tap_.get());
    } else if (id == VECHE_EXT_OBSERVER) {
      observer_ = static_cast<const veche_observer*>(*table);
      observer_timer_ = &timers_.on_control("observer.on_event");
    }
  }
  return Ok{};
}

Status PluginInstance::bind_http_routes(const veche_http_routes& table) {
  auto routes = read_http_routes(table);
  if (!routes) return std::move(routes).error();
  http_routes_ = std::make_unique<HttpRoutesAdapter>(candidate_.request.name, std::move(*routes),
                                                     self_, services_->requests(), timers_);
  if (candidate_.request.serves_metrics && !http_routes_->find("GET", kMetricsPattern)) {
    return invalid(std::string("serves_metrics is set, but it has no route GET ") +
                   kMetricsPattern);
  }
  return Ok{};
}

Status PluginInstance::bind_room_settings(const veche_room_settings& table) {
  auto schema = read_room_schema(table);
  if (!schema) return std::move(schema).error();
  room_settings_ = std::make_unique<RoomSettingsAdapter>(candidate_.request.name, table,
                                                         std::move(schema).value(), self_, timers_);
  return Ok{};
}

Status PluginInstance::begin() {
  veche_error error = make_error();
  auto started = call_hook(start_timer_, [&] { return candidate_.entry->start(self_, &error); });
  if (!started) return std::move(started).error();
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
  assert(loop_.is_control());
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
  if (packet_policy_) bad_verdicts_ = packet_policy_->bad_verdicts();
  if (controller_) bad_targets_ = controller_->bad_targets();
  // First, because the plugin is told of the ends of its taps.
  track_tap_.reset();
  services_->use_taps(nullptr);
  observer_ = nullptr;
  controller_.reset();
  packet_policy_.reset();
  selector_.reset();
  http_routes_.reset();
  room_settings_.reset();
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

void PluginInstance::on_event(const veche_event& event) {
  if (state_ != State::Running || !observer_) return;
  const auto done = call_hook(*observer_timer_, [&] { observer_->on_event(self_, &event); });
  if (!done) log::error(candidate_.request.name, done.error().message);
}

PluginInfo PluginInstance::info() const {
  PluginInfo info;
  info.name = candidate_.request.name;
  info.path = candidate_.path;
  info.required = candidate_.request.required;
  info.state = to_string(state_);
  info.error = error_;
  info.offers = candidate_.offers;
  if (const veche_plugin_entry* entry = candidate_.entry) {
    info.id = entry->id;
    info.version = entry->version;
    info.license = entry->license;
    info.summary = entry->summary;
    info.config_schema = plugin_text(entry->config_schema);
  }
  info.serves_metrics = candidate_.request.serves_metrics;
  if (http_routes_) {
    for (const HttpRoute& route : http_routes_->routes()) {
      info.routes.push_back(
          {route.method, route.pattern.text(), route.row->summary, access_name(route.row->access)});
    }
  }
  for (const HookTimer& timer : timers_) {
    info.hooks.push_back({timer.name(), timer.calls(), timer.total_ns(), timer.max_ns(),
                          timer.slow(), timer.limit_ns(), timer.failures()});
  }
  if (services_) info.metrics = services_->metrics().read();
  info.wrong_thread = services_ ? services_->wrong_thread() : wrong_thread_;
  info.bad_targets = controller_ ? controller_->bad_targets() : bad_targets_;
  info.bad_verdicts = packet_policy_ ? packet_policy_->bad_verdicts() : bad_verdicts_;
  return info;
}

}  // namespace veche::plugin
