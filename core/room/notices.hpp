// SPDX-License-Identifier: Apache-2.0
// Merges what one client has not been told yet: it learns only the outcome of an interval. Pure.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "room/controller.hpp"
#include "room/types.hpp"

namespace veche::room {

/// Only names: the entries are looked up at delivery, so they are never stale.
struct RosterNames {
  std::vector<std::string> joined, changed, left;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a 0 in what the compiler writes.
  friend auto operator<=>(const RosterNames&, const RosterNames&) = default;
};

/// What plugins tell clients: plugin name -> JSON object; nothing: it is withdrawn.
using PluginNotices = std::map<std::string, std::optional<std::string>>;

class Notices {
 public:
  /// `told`: the speakers in the client's snapshot.
  explicit Notices(Speakers told) : told_speakers_(std::move(told)) {}

  void joined(const std::string& participant);
  void changed(const std::string& participant);
  /// Cancels a `joined` that was not delivered.
  void left(const std::string& participant);
  /// The latest state of a slot wins.
  void slots_changed(const std::vector<SlotView>& slots);
  /// The client has a new session with these slots; undelivered changes of the old ones are
  /// dropped.
  void slots_restarted(const std::vector<SlotView>& slots);
  void speakers_changed(const Speakers& speakers) { speakers_ = speakers; }

  void hint_changed(const PublishHint& hint) { hint_ = hint; }
  /// The latest notice of a plugin wins.
  void announced(const std::string& plugin, const std::optional<std::string>& json) {
    plugins_.insert_or_assign(plugin, json);
  }

  bool has_roster() const { return !roster_.empty(); }
  RosterNames take_roster();
  std::vector<SlotView> take_slots();
  /// Nothing if they are the ones delivered last.
  std::optional<Speakers> take_speakers();
  std::optional<PublishHint> take_hint() { return std::exchange(hint_, std::nullopt); }
  PluginNotices take_plugins() { return std::exchange(plugins_, {}); }

 private:
  enum class Change { Joined = 1, Changed, Left };

  std::map<std::string, Change> roster_;
  std::map<std::string, SlotView> slots_;  ///< By mid.
  std::optional<Speakers> speakers_;
  Speakers told_speakers_;
  std::optional<PublishHint> hint_;
  PluginNotices plugins_;
};

}  // namespace veche::room
