// SPDX-License-Identifier: Apache-2.0
// The plugins that have their own part in rooms' policies, and the check of these parts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/engine.hpp"
#include "room/types.hpp"

namespace veche::room {

/// A plugin with such a part, which has the plugin's name; implemented in plugin/. [control]
class RoomSettings {
 public:
  virtual ~RoomSettings() = default;
  virtual std::string name() const = 0;
  /// The part with defaults filled in; InvalidArgument names the fields that are wrong. "{}" is
  /// never wrong.
  virtual Result<std::string> complete(const std::string& json) const = 0;
  virtual void changed(const std::string& room, const std::string& json) = 0;
};

/// Every RoomSettings; one of them may be the selector's, which the engine asks too. [control]
class PluginParts {
 public:
  explicit PluginParts(media::Engine& engine) : engine_(engine) {}

  void add(RoomSettings& plugin) { plugins_.push_back(&plugin); }
  void remove(RoomSettings& plugin) { std::erase(plugins_, &plugin); }
  bool has(const RoomSettings* plugin) const;
  const std::vector<RoomSettings*>& plugins() const { return plugins_; }

  using Parts = std::map<std::string, std::string>;  ///< Plugin name -> JSON object.

  /// Of a policy or a patch. InvalidArgument for a name that belongs to no plugin with settings,
  /// unless the room has a part of that name `stored`, which stays or is reset to {}: its plugin
  /// may be disabled.
  Status check(const Parts& parts, const Parts& stored = {}) const;
  /// The plugin's effective settings in a room with this policy. A stored part that is invalid,
  /// because the plugin was not loaded to check it, is logged and ignored.
  static std::string part_of(const RoomSettings& plugin, const std::string& room,
                             const RoomPolicy& policy);
  /// The selector's; nothing: rooms have no settings for it.
  std::optional<std::string> selector_part(const std::string& room, const RoomPolicy& policy) const;

 private:
  /// Null: no plugin of that name has settings for rooms.
  const RoomSettings* find(const std::string& name) const;
  Status check_part(const std::string& name, const std::string& json) const;
  Error unknown() const;

  media::Engine& engine_;
  std::vector<RoomSettings*> plugins_;
};

}  // namespace veche::room
