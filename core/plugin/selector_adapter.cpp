// SPDX-License-Identifier: Apache-2.0
// Carries a room's settings and state between the media layer and the selector plugin.
#include "plugin/selector_adapter.hpp"

#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "glib/json.hpp"
#include "media/engine.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/values.hpp"
#include "room/server.hpp"

namespace veche::plugin {

struct SelectorAdapter::Shared {
  const veche_selector& table;
  veche_plugin* self;  ///< Null once the adapter is gone: the plugin must not be called any more.
  HookTimer &make_settings, &free_settings, &open, &close, &use_settings, &make_memory,
      &free_memory, &use_memory, &select;
  /// [control] What the plugin has not been asked to free.
  uint32_t settings_count = 0, room_count = 0, memory_count = 0;

  /// [control] Calls a hook that cannot fail, unless the plugin is gone.
  template <class Hook>
  void release(HookTimer& timer, uint32_t& count, Hook&& hook) {
    if (!self) return;
    assert(is_on_control());
    --count;
    const auto done = call_hook(timer, hook);
    if (!done) log::error("plugin", done.error().message);
  }
};

class SelectorAdapter::PluginSettings final : public Settings {
 public:
  PluginSettings(std::shared_ptr<Shared> shared, veche_selector_settings* settings)
      : shared_(std::move(shared)), settings_(settings) {
    ++shared_->settings_count;
  }
  ~PluginSettings() override {
    shared_->release(shared_->free_settings, shared_->settings_count,
                     [this] { shared_->table.free_settings(shared_->self, settings_); });
  }
  PluginSettings(const PluginSettings&) = delete;
  PluginSettings& operator=(const PluginSettings&) = delete;

  const veche_selector_settings* get() const noexcept { return settings_; }

 private:
  const std::shared_ptr<Shared> shared_;
  veche_selector_settings* const settings_;
};

class SelectorAdapter::PluginMemory final : public Memory {
 public:
  PluginMemory(std::shared_ptr<Shared> shared, veche_selector_memory* memory)
      : shared_(std::move(shared)), memory_(memory) {
    ++shared_->memory_count;
  }
  ~PluginMemory() override {
    shared_->release(shared_->free_memory, shared_->memory_count, [this] {
      if (memory_) shared_->table.free_memory(shared_->self, memory_);
    });
  }
  PluginMemory(const PluginMemory&) = delete;
  PluginMemory& operator=(const PluginMemory&) = delete;

  /// [lane]
  void give_to(veche_selector_room* room) noexcept {
    memory_ = shared_->table.use_memory(room, memory_);
  }

 private:
  const std::shared_ptr<Shared> shared_;
  veche_selector_memory* memory_;
};

class SelectorAdapter::PluginRoom final : public RoomState {
 public:
  PluginRoom(std::shared_ptr<Shared> shared, veche_selector_room* room)
      : shared_(std::move(shared)), room_(room) {
    ++shared_->room_count;
  }
  ~PluginRoom() override {
    shared_->release(shared_->close, shared_->room_count,
                     [this] { shared_->table.close(shared_->self, room_); });
  }
  PluginRoom(const PluginRoom&) = delete;
  PluginRoom& operator=(const PluginRoom&) = delete;

  void use_settings(const Settings& settings) noexcept override {
    assert(is_on_lane());
    const HookTimer::Span span(shared_->use_settings);
    shared_->table.use_settings(room_, static_cast<const PluginSettings&>(settings).get());
  }
  void use_memory(Memory& memory) noexcept override {
    assert(is_on_lane());
    const HookTimer::Span span(shared_->use_memory);
    static_cast<PluginMemory&>(memory).give_to(room_);
  }
  void select(const veche_room_view& view, veche_selection& selection) noexcept override {
    assert(is_on_lane());
    const HookTimer::Span span(shared_->select);
    shared_->table.select(room_, &view, &selection);
  }

 private:
  const std::shared_ptr<Shared> shared_;
  veche_selector_room* const room_;
};

Status SelectorAdapter::check(const veche_selector& table) {
  const bool has_none =
      table.make_memory == nullptr && table.free_memory == nullptr && table.use_memory == nullptr;
  return check_members({{"make_settings", table.make_settings != nullptr},
                        {"free_settings", table.free_settings != nullptr},
                        {"open", table.open != nullptr},
                        {"close", table.close != nullptr},
                        {"use_settings", table.use_settings != nullptr},
                        {"select", table.select != nullptr},
                        {"make_memory", has_none || table.make_memory != nullptr},
                        {"free_memory", has_none || table.free_memory != nullptr},
                        {"use_memory", has_none || table.use_memory != nullptr}});
}

Result<std::unique_ptr<Adapter>> SelectorAdapter::bind(const veche_selector& table,
                                                       const Binding& binding) {
  return std::unique_ptr<Adapter>(
      new SelectorAdapter(binding.request.name, table, binding.self, binding.timers));
}

SelectorAdapter::SelectorAdapter(std::string name, const veche_selector& table, veche_plugin* self,
                                 HookTimers& timers)
    : name_(std::move(name)),
      shared_(new Shared{
          table, self, timers.on_control("selector.make_settings"),
          timers.on_control("selector.free_settings"), timers.on_control("selector.open"),
          timers.on_control("selector.close"), timers.on_lane("selector.use_settings"),
          timers.on_control("selector.make_memory"), timers.on_control("selector.free_memory"),
          timers.on_lane("selector.use_memory"), timers.on_lane("selector.select")}) {}

SelectorAdapter::~SelectorAdapter() {
  shared_->self = nullptr;
  if (shared_->settings_count == 0 && shared_->room_count == 0) return;
  log::warning("plugin", name_ + ": " + std::to_string(shared_->room_count) + " rooms and " +
                             std::to_string(shared_->settings_count) +
                             " settings are still open while the selector stops");
}

void SelectorAdapter::give(media::Engine& engine, room::Server& rooms) {
  engine.use_selector(this, [] {});
  rooms.on_selector_changed();
}

void SelectorAdapter::take(media::Engine& engine, room::Server&,
                           const std::function<void()>& done) {
  engine.use_selector(nullptr, done);
}

Result<std::unique_ptr<media::Selector::Settings>> SelectorAdapter::make_settings(
    const std::string& json) {
  assert(is_on_control());
  auto parsed = glib::parse_json(json);
  if (!parsed) return invalid(name_ + ": the settings are not JSON: " + parsed.error().message);
  if (!JSON_NODE_HOLDS_OBJECT(parsed->get()))
    return invalid(name_ + ": the settings must be an object");
  const bool empty = json_object_get_size(json_node_get_object(parsed->get())) == 0;
  const Values values(*std::move(parsed));

  veche_error error = make_error();
  auto made = call_hook(shared_->make_settings, [&] {
    return shared_->table.make_settings(shared_->self, empty ? nullptr : values.table(), &error);
  });
  if (!made) return made.error();
  // The settings come from outside: unless the plugin says otherwise, they are wrong.
  if (!*made) return to_error(error, name_, ErrorCode::InvalidArgument);
  return std::unique_ptr<Settings>(new PluginSettings(shared_, *made));
}

Result<std::unique_ptr<media::Selector::RoomState>> SelectorAdapter::open(
    const Settings& settings) {
  assert(is_on_control());
  veche_error error = make_error();
  auto opened = call_hook(shared_->open, [&] {
    return shared_->table.open(shared_->self, static_cast<const PluginSettings&>(settings).get(),
                               &error);
  });
  if (!opened) return opened.error();
  if (!*opened) return to_error(error, name_);
  return std::unique_ptr<RoomState>(new PluginRoom(shared_, *opened));
}

Result<std::unique_ptr<media::Selector::Memory>> SelectorAdapter::make_memory(uint32_t candidates) {
  assert(is_on_control());
  if (shared_->table.make_memory == nullptr) return std::unique_ptr<Memory>();
  veche_error error = make_error();
  auto made = call_hook(shared_->make_memory, [&] {
    return shared_->table.make_memory(shared_->self, candidates, &error);
  });
  if (!made) return made.error();
  if (!*made) return to_error(error, name_);
  return std::unique_ptr<Memory>(new PluginMemory(shared_, *made));
}

}  // namespace veche::plugin
