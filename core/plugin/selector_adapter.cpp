// SPDX-License-Identifier: Apache-2.0
// Carries a room's settings and state between the media layer and the selector plugin.
#include "plugin/selector_adapter.hpp"

#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "glib/json.hpp"
#include "plugin/hook_call.hpp"

namespace veche::plugin {

struct SelectorAdapter::Binding {
  const glib::ControlLoop& loop;
  const veche_selector& table;
  veche_plugin* self;  ///< Null once the adapter is gone: the plugin must not be called any more.
  HookTimer &make_settings, &free_settings, &open, &close, &use_settings, &select;
  uint32_t settings_count = 0,
           room_count = 0;  ///< [control] What the plugin has not been asked to free.

  /// [control] Calls a hook that cannot fail, unless the plugin is gone.
  template <class Hook>
  void release(HookTimer& timer, uint32_t& count, Hook&& hook) {
    if (!self) return;
    assert(loop.is_control());
    --count;
    const auto done = call_hook(timer, hook);
    if (!done) log::error("plugin", done.error().message);
  }
};

class SelectorAdapter::PluginSettings final : public Settings {
 public:
  PluginSettings(std::shared_ptr<Binding> binding, veche_selector_settings* settings)
      : binding_(std::move(binding)), settings_(settings) {
    ++binding_->settings_count;
  }
  ~PluginSettings() override {
    binding_->release(binding_->free_settings, binding_->settings_count,
                      [this] { binding_->table.free_settings(binding_->self, settings_); });
  }
  PluginSettings(const PluginSettings&) = delete;
  PluginSettings& operator=(const PluginSettings&) = delete;

  const veche_selector_settings* get() const noexcept { return settings_; }

 private:
  const std::shared_ptr<Binding> binding_;
  veche_selector_settings* const settings_;
};

class SelectorAdapter::PluginRoom final : public RoomState {
 public:
  PluginRoom(std::shared_ptr<Binding> binding, veche_selector_room* room)
      : binding_(std::move(binding)), room_(room) {
    ++binding_->room_count;
  }
  ~PluginRoom() override {
    binding_->release(binding_->close, binding_->room_count,
                      [this] { binding_->table.close(binding_->self, room_); });
  }
  PluginRoom(const PluginRoom&) = delete;
  PluginRoom& operator=(const PluginRoom&) = delete;

  void use_settings(const Settings& settings) noexcept override {
    assert(is_on_lane());
    const HookTimer::Span span(binding_->use_settings);
    binding_->table.use_settings(room_, static_cast<const PluginSettings&>(settings).get());
  }
  void select(const veche_room_view& view, veche_selection& selection) noexcept override {
    assert(is_on_lane());
    const HookTimer::Span span(binding_->select);
    binding_->table.select(room_, &view, &selection);
  }

 private:
  const std::shared_ptr<Binding> binding_;
  veche_selector_room* const room_;
};

SelectorAdapter::SelectorAdapter(std::string name, const glib::ControlLoop& loop,
                                 const veche_selector& table, veche_plugin* self,
                                 HookTimers& timers)
    : name_(std::move(name)),
      binding_(new Binding{loop, table, self, timers.on_control("selector.make_settings"),
                           timers.on_control("selector.free_settings"),
                           timers.on_control("selector.open"), timers.on_control("selector.close"),
                           timers.on_lane("selector.use_settings"),
                           timers.on_lane("selector.select")}) {}

SelectorAdapter::~SelectorAdapter() {
  binding_->self = nullptr;
  if (binding_->settings_count == 0 && binding_->room_count == 0) return;
  log::warning("plugin", name_ + ": " + std::to_string(binding_->room_count) + " rooms and " +
                             std::to_string(binding_->settings_count) +
                             " settings are still open while the selector stops");
}

Result<std::unique_ptr<media::Selector::Settings>> SelectorAdapter::make_settings(
    const std::string& json) {
  assert(binding_->loop.is_control());
  auto parsed = glib::parse_json(json);
  if (!parsed) return invalid(name_ + ": the settings are not JSON: " + parsed.error().message);
  if (!JSON_NODE_HOLDS_OBJECT(parsed->get()))
    return invalid(name_ + ": the settings must be an object");
  const bool empty = json_object_get_size(json_node_get_object(parsed->get())) == 0;

  veche_error error = make_error();
  auto made = call_hook(binding_->make_settings, [&] {
    return binding_->table.make_settings(binding_->self, empty ? nullptr : json.c_str(), &error);
  });
  if (!made) return std::move(made).error();
  // The settings come from outside, so unless the plugin says otherwise, they are what is wrong.
  if (!*made) return to_error(error, name_, ErrorCode::InvalidArgument);
  return std::unique_ptr<Settings>(new PluginSettings(binding_, *made));
}

Result<std::unique_ptr<media::Selector::RoomState>> SelectorAdapter::open(
    const Settings& settings) {
  assert(binding_->loop.is_control());
  veche_error error = make_error();
  auto opened = call_hook(binding_->open, [&] {
    return binding_->table.open(binding_->self, static_cast<const PluginSettings&>(settings).get(),
                                &error);
  });
  if (!opened) return std::move(opened).error();
  if (!*opened) return to_error(error, name_);
  return std::unique_ptr<RoomState>(new PluginRoom(binding_, *opened));
}

}  // namespace veche::plugin
