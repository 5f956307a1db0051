// SPDX-License-Identifier: Apache-2.0
// The trait for extension veche.selector/2.
#pragma once

#include <type_traits>
#include <utility>

#include "instance.hpp"
#include "room_view.hpp"
#include "values.hpp"

namespace veche {

/// `void select(const RoomView&, Assignments&) noexcept` [lane]: of a nested class `Room`, one for
/// each room, made from any of (P&, const Settings&), (const Settings&), (P&), (); or, const, of
/// the plugin. Settings of single rooms: veche::RoomSettings, `Settings make_settings(const
/// Values&)` [control], and in Room `void use_settings(const Settings&) noexcept` [lane].
struct Selector {
  static constexpr const char* kId = VECHE_EXT_SELECTOR;
  static constexpr const char* kNeeds = nullptr;
  struct NoSettings {};

  template <class P>
  struct Traits {
    static constexpr bool kHasSettings = requires(P & p, const Values& v) { p.make_settings(v); };
    static constexpr bool kHasRooms = requires { typename P::Room; };
    static auto make_settings(P& plugin, const Values& values) {
      if constexpr (kHasSettings) {
        return plugin.make_settings(values);
      } else {
        return NoSettings{};
      }
    }
    using Settings = decltype(make_settings(std::declval<P&>(), std::declval<const Values&>()));

    struct Shared {
      const P& plugin;
      void select(const RoomView& view, Assignments& out) const noexcept {
        static_assert(
            requires { plugin.select(view, out); },
            "select()" VECHE_SHARED_RULE "a nested class Room");
        static_assert(noexcept(plugin.select(view, out)), "select()" VECHE_LANE_RULE);
        plugin.select(view, out);
      }
    };
    template <bool, class = void>
    struct RoomType {
      using Type = Shared;
    };
    template <class Unused>
    struct RoomType<true, Unused> {
      using Type = typename P::Room;
    };
    using Room = typename RoomType<kHasRooms>::Type;

    static Room* open(P& plugin, const Settings& settings) {
      if constexpr (!kHasRooms) {
        return new Room{plugin};
      } else if constexpr (std::is_constructible_v<Room, P&, const Settings&>) {
        return new Room(plugin, settings);
      } else if constexpr (std::is_constructible_v<Room, const Settings&>) {
        return new Room(settings);
      } else if constexpr (std::is_constructible_v<Room, P&>) {
        return new Room(plugin);
      } else {
        return new Room();
      }
    }
    static void use_settings(veche_selector_room* room, const veche_selector_settings* settings) {
      if constexpr (kHasSettings && kHasRooms) {
        auto& state = *reinterpret_cast<Room*>(room);
        const auto& values = *reinterpret_cast<const Settings*>(settings);
        static_assert(noexcept(state.use_settings(values)), "use_settings()" VECHE_LANE_RULE);
        state.use_settings(values);
      }
    }
    static void select(veche_selector_room* room, const veche_room_view* view,
                       veche_selection* selection) {
      auto& state = *reinterpret_cast<Room*>(room);
      const RoomView in(*view);
      Assignments out(*view, *selection);
      static_assert(noexcept(state.select(in, out)), "select()" VECHE_LANE_RULE);
      state.select(in, out);
    }

    static constexpr veche_selector kTable = {
        sizeof(veche_selector),
        0,
        [](veche_plugin* self, const veche_values* values, veche_error* error) {
          return detail::make_opaque<veche_selector_settings>(error, [&] {
            P& plugin = detail::Instance<P>::of(self).plugin;
            return new Settings(make_settings(plugin, Values(values)));
          });
        },
        [](veche_plugin*, veche_selector_settings* settings) {
          delete reinterpret_cast<Settings*>(settings);
        },
        [](veche_plugin* self, const veche_selector_settings* settings, veche_error* error) {
          return detail::make_opaque<veche_selector_room>(error, [&] {
            return open(detail::Instance<P>::of(self).plugin,
                        *reinterpret_cast<const Settings*>(settings));
          });
        },
        [](veche_plugin*, veche_selector_room* room) { delete reinterpret_cast<Room*>(room); },
        use_settings,
        select,
        nullptr,
        nullptr,
        nullptr};
  };
};

}  // namespace veche
