// SPDX-License-Identifier: Apache-2.0
// The traits for controllers, and a room with what is decided about it.
#pragma once

#include <string_view>

#include "../controller.h"
#include "instance.hpp"
#include "strided.hpp"

namespace veche {

/// What the controller sees, each with the decision about it. Valid during the call.
class RoomControl {
 public:
  RoomControl(const veche_controlled_room& room, const veche_room_decision& decision)
      : room_(room), decision_(decision) {}

  uint64_t id() const { return room_.room; }
  std::string_view name() const { return room_.name; }
  int64_t now_ns() const { return room_.now_ns; }

  Strided<const veche_controlled_session> sessions() const {
    return {room_.sessions, room_.session_stride, room_.session_count};
  }
  /// By slot.
  Strided<const veche_controlled_route> routes(const veche_controlled_session& of) const {
    return routes().part(of.first_route, of.route_count);
  }
  Strided<const veche_controlled_track> tracks(const veche_controlled_session& of) const {
    return tracks().part(of.first_track, of.track_count);
  }

  veche_session_decision& decision(const veche_controlled_session& about) const {
    return *VECHE_AT(veche_session_decision, decision_.sessions, decision_.session_stride,
                     sessions().index_of(about));
  }
  veche_route_decision& decision(const veche_controlled_route& about) const {
    return *VECHE_AT(veche_route_decision, decision_.routes, decision_.route_stride,
                     routes().index_of(about));
  }
  veche_track_decision& decision(const veche_controlled_track& about) const {
    return *VECHE_AT(veche_track_decision, decision_.tracks, decision_.track_stride,
                     tracks().index_of(about));
  }

 private:
  Strided<const veche_controlled_route> routes() const {
    return {room_.routes, room_.route_stride, room_.route_count};
  }
  Strided<const veche_controlled_track> tracks() const {
    return {room_.tracks, room_.track_stride, room_.track_count};
  }

  const veche_controlled_room& room_;
  const veche_room_decision& decision_;
};

/// `static constexpr std::array kReasons{"", "congestion"}`, as veche_controller.reasons; `void
/// control(const RoomControl&)`, or with the structs that it is made of; if wanted `void
/// forget_session(uint64_t)` and `void forget_room(uint64_t)` [control].
struct Controller {
  static constexpr const char* kId = VECHE_EXT_CONTROLLER;
  static constexpr const char* kNeeds = nullptr;

  template <class P>
  struct Traits {
    static void control(veche_plugin* self, const veche_controlled_room* room,
                        veche_room_decision* decision) {
      detail::Instance<P>::call(self, "control", [&](P& plugin) {
        if constexpr (requires { plugin.control(RoomControl(*room, *decision)); }) {
          plugin.control(RoomControl(*room, *decision));
        } else {
          plugin.control(*room, *decision);
        }
      });
    }
    static void forget_session(veche_plugin* self, uint64_t session) {
      if constexpr (requires(P & plugin) { plugin.forget_session(session); }) {
        detail::Instance<P>::call(self, "forget_session",
                                  [&](P& plugin) { plugin.forget_session(session); });
      }
    }
    static void forget_room(veche_plugin* self, uint64_t room) {
      if constexpr (requires(P & plugin) { plugin.forget_room(room); }) {
        detail::Instance<P>::call(self, "forget_room",
                                  [&](P& plugin) { plugin.forget_room(room); });
      }
    }

    static constexpr veche_controller kTable = {
        sizeof(veche_controller), static_cast<uint32_t>(P::kReasons.size()),
        P::kReasons.data(),       control,
        forget_session,           forget_room};
  };
};

/// The same, for the routes and tracks of audio alone.
struct AudioController : Controller {
  static constexpr const char* kId = VECHE_EXT_AUDIO_CONTROLLER;
};
/// The same, for the routes and tracks of video alone.
struct VideoController : Controller {
  static constexpr const char* kId = VECHE_EXT_VIDEO_CONTROLLER;
};

}  // namespace veche
