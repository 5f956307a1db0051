// SPDX-License-Identifier: Apache-2.0
// One check per extension: the table's size and its function pointers.
#include "plugin/extensions.hpp"

#include <veche/controller.h>
#include <veche/http_routes.h>
#include <veche/observer.h>
#include <veche/packet_policy.h>
#include <veche/room_settings.h>
#include <veche/selector.h>
#include <veche/track_tap.h>

#include <initializer_list>

#include "media/selector.hpp"
#include "plugin/http_routes.hpp"
#include "plugin/room_settings_adapter.hpp"

namespace veche::plugin {
namespace {

struct Member {
  const char* name;
  bool present;
};

Status check_members(std::initializer_list<Member> members) {
  for (const Member& member : members) {
    if (!member.present) return invalid(std::string(member.name) + " is null");
  }
  return Ok{};
}

Status check_selector(const void* data) {
  const auto& table = *static_cast<const veche_selector*>(data);
  return check_members({{"make_settings", table.make_settings != nullptr},
                        {"free_settings", table.free_settings != nullptr},
                        {"open", table.open != nullptr},
                        {"close", table.close != nullptr},
                        {"use_settings", table.use_settings != nullptr},
                        {"select", table.select != nullptr}});
}

Status check_packet_policy(const void* data) {
  const auto& table = *static_cast<const veche_packet_policy*>(data);
  if (table.state_size > media::PacketPolicy::kMaxStateSize) {
    return invalid("state_size is " + std::to_string(table.state_size) + ", at most " +
                   std::to_string(media::PacketPolicy::kMaxStateSize) + " is allowed");
  }
  return check_members({{"decide", table.decide != nullptr}});
}

Status check_observer(const void* data) {
  const auto& table = *static_cast<const veche_observer*>(data);
  return check_members({{"on_event", table.on_event != nullptr}});
}

Status check_controller(const void* data) {
  const auto& table = *static_cast<const veche_controller*>(data);
  return check_members(
      {{"control", table.control != nullptr}, {"forget", table.forget != nullptr}});
}

Status check_http_routes(const void* data) {
  auto routes = read_http_routes(*static_cast<const veche_http_routes*>(data));
  if (!routes) return std::move(routes).error();
  return Ok{};
}

Status check_track_tap(const void* data) {
  const auto& table = *static_cast<const veche_track_tap*>(data);
  return check_members({{"open", table.open != nullptr}, {"closed", table.closed != nullptr}});
}

Status check_room_settings(const void* data) {
  const auto& table = *static_cast<const veche_room_settings*>(data);
  auto schema = read_room_schema(table);
  if (!schema) return std::move(schema).error();
  return check_members({{"changed", table.changed != nullptr}});
}

struct Extension {
  std::string_view id;
  bool exclusive;
  uint32_t first_size;  ///< Of the table in interface 1.0; what is appended later is optional.
  Status (*check)(const void* table);
};

/// The size of a table that ends with this pointer.
constexpr uint32_t up_to(size_t last_offset) { return last_offset + sizeof(void (*)()); }

constexpr Extension kExtensions[] = {
    {VECHE_EXT_SELECTOR, true, up_to(offsetof(veche_selector, select)), check_selector},
    {VECHE_EXT_PACKET_POLICY, true, up_to(offsetof(veche_packet_policy, decide)),
     check_packet_policy},
    {VECHE_EXT_CONTROLLER, true, up_to(offsetof(veche_controller, forget)), check_controller},
    {VECHE_EXT_OBSERVER, false, up_to(offsetof(veche_observer, on_event)), check_observer},
    {VECHE_EXT_HTTP_ROUTES, false, up_to(offsetof(veche_http_routes, routes)), check_http_routes},
    {VECHE_EXT_TRACK_TAP, false, up_to(offsetof(veche_track_tap, closed)), check_track_tap},
    {VECHE_EXT_ROOM_SETTINGS, false, up_to(offsetof(veche_room_settings, changed)),
     check_room_settings},
};

const Extension* find(std::string_view id) {
  for (const Extension& extension : kExtensions) {
    if (extension.id == id) return &extension;
  }
  return nullptr;
}

}  // namespace

bool is_known_extension(std::string_view id) { return find(id) != nullptr; }

bool is_exclusive_extension(std::string_view id) {
  const Extension* extension = find(id);
  return extension && extension->exclusive;
}

Status check_extension_table(const std::string& id, const void* table) {
  const Extension* extension = find(id);
  if (!extension) return invalid("unknown extension \"" + id + "\"");
  if (!table) return invalid("get_extension gave null for \"" + id + "\", which the plugin offers");
  // Every table begins with its size.
  const uint32_t size = *static_cast<const uint32_t*>(table);
  if (size < extension->first_size) {
    return invalid("the table of \"" + id + "\" has a struct_size of " + std::to_string(size) +
                   ", at least " + std::to_string(extension->first_size) + " is needed");
  }
  auto checked = extension->check(table);
  if (!checked) return invalid("the table of \"" + id + "\": " + checked.error().message);
  return Ok{};
}

}  // namespace veche::plugin
