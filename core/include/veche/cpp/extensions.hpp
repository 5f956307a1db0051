// SPDX-License-Identifier: Apache-2.0
// The traits for packet policies, observers, taps and rooms' settings.
#pragma once

#include <span>
#include <string_view>
#include <type_traits>

#include "../observer.h"
#include "../packet_policy.h"
#include "../room_settings.h"
#include "../track_tap.h"
#include "instance.hpp"
#include "strided.hpp"
#include "values.hpp"

namespace veche {

using Packets = Strided<const veche_packet>;

/// `void decide(const veche_route&, veche::Packets, std::span<uint32_t> verdicts) const noexcept`
/// [lane]. With a nested `RouteState`, which begins as zeroed memory for each new
/// track in a slot, its first argument is RouteState&.
struct PacketPolicy {
  static constexpr const char* kId = VECHE_EXT_PACKET_POLICY;
  static constexpr const char* kNeeds = nullptr;

  template <class P>
  struct Traits {
    static constexpr bool kHasState = requires { typename P::RouteState; };
    static constexpr uint32_t state_size() {
      if constexpr (kHasState) {
        using State = typename P::RouteState;
        static_assert(
            std::is_trivially_copyable_v<State> && alignof(State) <= 16 && sizeof(State) <= 256,
            "RouteState lives in the server's memory: it must be trivially copyable, "
            "aligned to 16 at most, and at most 256 bytes");
        return sizeof(State);
      }
      return 0;
    }
    static void decide(veche_plugin* self, void* state, const veche_route* route,
                       const veche_packet* packets, uint32_t count, uint32_t stride,
                       uint32_t* verdicts) {
      const P& plugin = detail::Instance<P>::of(self).plugin;
      const Packets in(packets, stride, count);
      const std::span<uint32_t> out(verdicts, count);
      if constexpr (kHasState) {
        auto& own = *static_cast<typename P::RouteState*>(state);
        static_assert(
            requires { plugin.decide(own, *route, in, out); },
            "decide()" VECHE_SHARED_RULE "RouteState");
        static_assert(noexcept(plugin.decide(own, *route, in, out)), "decide()" VECHE_LANE_RULE);
        plugin.decide(own, *route, in, out);
      } else {
        static_assert(
            requires { plugin.decide(*route, in, out); },
            "decide()" VECHE_SHARED_RULE "RouteState");
        static_assert(noexcept(plugin.decide(*route, in, out)), "decide()" VECHE_LANE_RULE);
        plugin.decide(*route, in, out);
      }
    }
    static constexpr veche_packet_policy kTable = {sizeof(veche_packet_policy), state_size(),
                                                   decide};
  };
};

/// An event. Ignore unknown types. The strings are borrowed until the hook returns.
struct Event {
  uint64_t seq;
  int64_t time_unix_ms;
  std::string_view type, room, participant;
  std::string_view data;  ///< A JSON object.
};

/// `void on_event(const Event&)` [control].
struct Observer {
  static constexpr const char* kId = VECHE_EXT_OBSERVER;
  static constexpr const char* kNeeds = nullptr;

  template <class P>
  struct Traits {
    static constexpr veche_observer kTable = {
        sizeof(veche_observer), 0, [](veche_plugin* self, const veche_event* e) {
          detail::Instance<P>::call(self, "on_event", [&](P& plugin) {
            plugin.on_event(
                Event{e->seq, e->time_unix_ms, e->type, e->room, e->participant, e->data});
          });
        }};
  };
};

/// `_GstElement* open_tap(const veche_track&)`, null for a track that is not wanted, and `void
/// tap_closed(uint64_t track, veche_status, std::string_view reason, uint64_t dropped)` [control].
struct TrackTap {
  static constexpr const char* kId = VECHE_EXT_TRACK_TAP;
  static constexpr const char* kNeeds = nullptr;

  template <class P>
  struct Traits {
    static constexpr veche_track_tap kTable = {
        sizeof(veche_track_tap), 0,
        [](veche_plugin* self, const veche_track* track) {
          _GstElement* element = nullptr;
          detail::Instance<P>::call(self, "open_tap",
                                    [&](P& plugin) { element = plugin.open_tap(*track); });
          return element;
        },
        [](veche_plugin* self, uint64_t track, veche_status status, const char* reason,
           uint64_t dropped) {
          detail::Instance<P>::call(self, "tap_closed", [&](P& plugin) {
            plugin.tap_closed(track, status, reason != nullptr ? reason : "", dropped);
          });
        }};
  };
};

/// `static constexpr const char* kRoomSettingsSchema`, and `void room_settings(std::string_view
/// room, const Values&)` [control], which a veche::Selector may leave out: see
/// veche_room_settings.changed.
struct RoomSettings {
  static constexpr const char* kId = VECHE_EXT_ROOM_SETTINGS;
  static constexpr const char* kNeeds = nullptr;

  template <class P>
  struct Traits {
    static void changed(veche_plugin* self, const char* room, const veche_values* values) {
      detail::Instance<P>::call(self, "room_settings",
                                [&](P& plugin) { plugin.room_settings(room, Values(values)); });
    }
    static constexpr auto changed_or_null() -> decltype(veche_room_settings::changed) {
      constexpr bool kIsWanted = requires(P & p, const Values& v) { p.room_settings("", v); };
      static_assert(
          kIsWanted || requires(P & p, const Values& v) { p.make_settings(v); },
          "a plugin with settings for rooms needs room_settings(), or as a selector "
          "make_settings()");
      if constexpr (kIsWanted) return changed;
      return nullptr;
    }
    static constexpr veche_room_settings kTable = {sizeof(veche_room_settings), 0,
                                                   P::kRoomSettingsSchema, changed_or_null()};
  };
};

}  // namespace veche
