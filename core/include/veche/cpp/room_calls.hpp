// SPDX-License-Identifier: Apache-2.0
// What a plugin sees of rooms and participants, and does to them. Without the service a function
// returns VECHE_E_UNSUPPORTED.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <type_traits>

#include "../host.h"

namespace veche {

namespace detail {

/// Calls visit from a C callback. What visit throws ends the visits, and is thrown again here.
template <class Info, class Visit, class Go>
veche_status visited(Visit& visit, Go&& go) {
  struct State {
    Visit& visit;
    std::exception_ptr thrown;
  } state{visit, nullptr};
  const auto step = [](void* data, const Info* info) -> int32_t {
    auto& state = *static_cast<State*>(data);
    try {
      if constexpr (std::is_same_v<decltype(state.visit(*info)), bool>) {
        return state.visit(*info) ? VECHE_VISIT_NEXT : VECHE_VISIT_END;
      } else {
        state.visit(*info);
        return VECHE_VISIT_NEXT;
      }
    } catch (...) {
      state.thrown = std::current_exception();
      return VECHE_VISIT_END;
    }
  };
  const veche_status status = go(+step, static_cast<void*>(&state));
  if (state.thrown) std::rethrow_exception(state.thrown);
  return status;
}

}  // namespace detail

/// [control] all of it. A part of veche::Host.
class RoomCalls {
 public:
  /// visit(const veche_room_info&), here and below: one that returns false sees no more.
  template <class Visit>
  veche_status visit_rooms(Visit&& visit) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return detail::visited<veche_room_info>(
        visit, [&](auto* step, void* data) { return rooms_->visit_rooms(host_, step, data); });
  }
  /// visit(const veche_participant_info&)
  template <class Visit>
  veche_status visit_participants(const std::string& room, Visit&& visit) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return detail::visited<veche_participant_info>(visit, [&](auto* step, void* data) {
      return rooms_->visit_participants(host_, room.c_str(), step, data);
    });
  }
  veche_status set_muted(const std::string& room, const std::string& participant,
                         bool muted) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return rooms_->set_muted(host_, room.c_str(), participant.c_str(), muted ? 1 : 0);
  }
  /// visit(const veche_participant_info&) for the one of that number.
  template <class Visit>
  veche_status visit_participant(uint64_t id, Visit&& visit) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return detail::visited<veche_participant_info>(visit, [&](auto* step, void* data) {
      return rooms_->visit_participant(host_, id, step, data);
    });
  }
  /// The number of a participant; 0: there is none.
  uint64_t id_of(const std::string& room, const std::string& participant) const {
    return rooms_ != nullptr ? rooms_->id_of(host_, room.c_str(), participant.c_str()) : 0;
  }
  /// Its name; empty: there is none.
  std::string name_of(uint64_t id) const {
    std::string name;
    visit_participant(id, [&](const veche_participant_info& info) { name = info.participant; });
    return name;
  }
  /// See veche_rooms.remove.
  veche_status remove(const std::string& room, const std::string& participant,
                      const std::string& detail = "") const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return rooms_->remove(host_, room.c_str(), participant.c_str(), detail.c_str());
  }
  /// See veche_rooms.set_attributes.
  veche_status set_attributes(const std::string& room, const std::string& participant,
                              const std::string& json) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return rooms_->set_attributes(host_, room.c_str(), participant.c_str(), json.c_str());
  }
  /// See veche_rooms.set_pinned.
  veche_status set_pinned(const std::string& room, const std::string& participant,
                          const std::string& other, bool pinned = true) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return rooms_->set_pinned(host_, room.c_str(), participant.c_str(), other.c_str(),
                              pinned ? 1 : 0);
  }
  /// See veche_rooms.send.
  veche_status send(const std::string& room, const std::string& participant,
                    const std::string& json) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return rooms_->send(host_, room.c_str(), participant.c_str(), json.c_str());
  }
  /// See veche_rooms.set_tag.
  veche_status set_tag(const std::string& room, const std::string& participant,
                       uint64_t tag) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return rooms_->set_tag(host_, room.c_str(), participant.c_str(), tag);
  }
  /// See veche_rooms.emit.
  veche_status emit(const std::string& room, const std::string& participant,
                    const std::string& type, const std::string& json) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return rooms_->emit(host_, room.c_str(), participant.c_str(), type.c_str(), json.c_str());
  }
  /// See veche_rooms.announce. "" withdraws the notice.
  veche_status announce(const std::string& room, const std::string& json) const {
    if (rooms_ == nullptr) return VECHE_E_UNSUPPORTED;
    return rooms_->announce(host_, room.c_str(), json.empty() ? nullptr : json.c_str());
  }

 protected:
  RoomCalls(const veche_host* host, const veche_rooms* rooms) : host_(host), rooms_(rooms) {}

 private:
  const veche_host* host_;
  const veche_rooms* rooms_;
};

}  // namespace veche
