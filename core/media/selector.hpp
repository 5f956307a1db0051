// SPDX-License-Identifier: Apache-2.0
// The two decisions that lanes ask for: which tracks fill which slots, and which packets are
// forwarded. Plugins implement them (plugin/).
#pragma once

#include <veche/packet_policy.h>
#include <veche/selector.h>

#include <memory>
#include <string>

#include "base/result.hpp"

namespace veche::media {

/// Selects the tracks that each listener hears. One for the server; a state for each room.
class Selector {
 public:
  /// A room's settings, checked. Freed on control.
  class Settings {
   public:
    virtual ~Settings() = default;
  };
  /// For what a state keeps of each candidate. Made and freed on control.
  class Memory {
   public:
    virtual ~Memory() = default;
  };
  /// Made and destroyed on control, used on the room's home lane in between.
  class RoomState {
   public:
    virtual ~RoomState() = default;
    /// [lane] The settings stay alive until others replace them or the state is destroyed.
    virtual void use_settings(const Settings& settings) noexcept = 0;
    /// [lane] Uses the memory of the same selector from now on, and leaves there what it does not
    /// need any more.
    virtual void use_memory(Memory& /*memory*/) noexcept {}
    /// [lane]
    virtual void select(const veche_room_view& view, veche_selection& selection) noexcept = 0;
  };

  virtual ~Selector() = default;
  /// The plugin's name, under which rooms carry its settings.
  virtual std::string name() const = 0;
  /// [control] `json`: an object that fits the selector's schema for rooms; "{}" for the plugin's
  /// own configuration.
  virtual Result<std::unique_ptr<Settings>> make_settings(const std::string& json) = 0;
  /// [control] The settings outlive the state, or use_settings() replaces them before they go.
  virtual Result<std::unique_ptr<RoomState>> open(const Settings& settings) = 0;
  /// [control] For a room with this many candidates; needed beyond kFirstCandidates. Null: the
  /// selector needs none.
  virtual Result<std::unique_ptr<Memory>> make_memory(uint32_t /*candidates*/) {
    return std::unique_ptr<Memory>();
  }
  static constexpr uint32_t kFirstCandidates = 512;
};

/// Which packets of a route are forwarded.
class PacketPolicy {
 public:
  static constexpr uint32_t kMaxStateSize = 256;
  virtual ~PacketPolicy() = default;
  virtual uint32_t state_size() const = 0;
  /// It is of the plugin that selects, so routes show it that plugin's tags.
  virtual bool sees_tags() const { return false; }
  /// [lane] One verdict per packet.
  virtual void decide(void* state, const veche_route& route, const veche_packet* packets,
                      uint32_t packet_count, uint32_t* verdicts) noexcept = 0;
};

}  // namespace veche::media
