// SPDX-License-Identifier: Apache-2.0
// The table of extensions, and what all their tables have in common.
#include "plugin/extensions.hpp"

#include <algorithm>

#include "plugin/admission_adapter.hpp"
#include "plugin/client_messages_adapter.hpp"
#include "plugin/controller_adapter.hpp"
#include "plugin/http_routes_adapter.hpp"
#include "plugin/observer_adapter.hpp"
#include "plugin/packet_policy_adapter.hpp"
#include "plugin/room_settings_adapter.hpp"
#include "plugin/selector_adapter.hpp"
#include "plugin/track_tap_adapter.hpp"

namespace veche::plugin {
namespace {

template <class A>
constexpr Extension row() {
  using Table = typename A::Table;
  return {A::kId, A::kExclusive, A::kFirstSize,
          [](const void* table) { return A::check(*static_cast<const Table*>(table)); },
          [](const void* table, const Binding& binding) {
            return A::bind(*static_cast<const Table*>(table), binding);
          }};
}

// Rooms' settings come before the selector, which gets them as soon as it is given. Taps are last,
// because they end first: until all of them have been reported to the plugin, the loop goes on and
// may call its other hooks.
constexpr Extension kExtensions[] = {
    row<RoomSettingsAdapter>(),
    row<SelectorAdapter>(),
    row<ControllerExtension<0>>(),
    row<ControllerExtension<VECHE_KIND_AUDIO>>(),
    row<ControllerExtension<VECHE_KIND_VIDEO>>(),
    row<PacketPolicyAdapter>(),
    row<ObserverAdapter>(),
    row<HttpRoutesAdapter>(),
    row<AdmissionAdapter>(),
    row<ClientMessagesAdapter>(),
    row<TrackTapAdapter>(),
};

const Extension* find(std::string_view id) {
  const auto* const found =
      std::find_if(std::begin(kExtensions), std::end(kExtensions),
                   [&](const Extension& extension) { return extension.id == id; });
  return found == std::end(kExtensions) ? nullptr : found;
}

constexpr std::string_view kAllKinds = "audio and video";

/// Of a controller, for people; "": it is none.
std::string_view controlled_kinds(std::string_view id) {
  if (id == VECHE_EXT_CONTROLLER) return kAllKinds;
  if (id == VECHE_EXT_AUDIO_CONTROLLER) return "audio";
  return id == VECHE_EXT_VIDEO_CONTROLLER ? "video" : "";
}

}  // namespace

std::span<const Extension> extensions() { return kExtensions; }

bool is_known_extension(std::string_view id) { return find(id) != nullptr; }

bool is_exclusive_extension(std::string_view id) {
  const Extension* extension = find(id);
  return extension && extension->exclusive;
}

bool is_controller(std::string_view id) { return !controlled_kinds(id).empty(); }

std::string find_controller_conflict(std::string_view id, std::string_view other) {
  const std::string_view kinds = controlled_kinds(id), others = controlled_kinds(other);
  if (kinds.empty() || others.empty()) return {};
  // All of them are part of it.
  if (kinds == kAllKinds || kinds == others) return std::string(others);
  return others == kAllKinds ? std::string(kinds) : "";
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
  const Status checked = extension->check(table);
  if (!checked) return invalid("the table of \"" + id + "\": " + checked.error().message);
  return Ok{};
}

}  // namespace veche::plugin
