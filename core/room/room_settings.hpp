// SPDX-License-Identifier: Apache-2.0
// The plugins that have a part of their own in rooms' policies: checks what a policy says for them.
#pragma once

#include <map>
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

/// The selector, which the engine asks, and every RoomSettings. [control]
class PluginParts {
 public:
  explicit PluginParts(media::Engine& engine) : engine_(engine) {}

  void add(RoomSettings& plugin) { plugins_.push_back(&plugin); }
  void remove(RoomSettings& plugin) { std::erase(plugins_, &plugin); }
  bool has(const RoomSettings* plugin) const;
  const std::vector<RoomSettings*>& plugins() const { return plugins_; }

  /// Plugin name -> JSON object, as a policy or a patch says it. A name without a plugin that has
  /// settings is refused.
  Status check(const std::map<std::string, std::string>& parts) const;
  /// What holds for the plugin in a room with this policy. A stored part that does not fit, because
  /// the plugin was not there to check it, is logged and left out.
  static std::string part_of(const RoomSettings& plugin, const std::string& room,
                             const RoomPolicy& policy);

 private:
  Status check_part(const std::string& name, const std::string& json) const;
  Error unknown() const;

  media::Engine& engine_;
  std::vector<RoomSettings*> plugins_;
};

}  // namespace veche::room
