// SPDX-License-Identifier: Apache-2.0
// Merges what one client has not been told yet, but for the roster: it learns only the outcome of
// an interval. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "room/session_control.hpp"
#include "room/types.hpp"

namespace veche::room {

/// What plugins tell clients: plugin name -> JSON object; nothing: it is withdrawn.
using PluginNotices = std::map<std::string, std::optional<std::string>>;

/// A message of the backend, a JSON object. All clients that get it share the text, and each drops
/// it in its own time.
using Announcement = std::shared_ptr<const std::string>;

/// What a client that has received everything would know.
struct Present {
  std::vector<SlotView> slots;
  Speakers speakers;
  PublishHint hint;
  NetworkQuality quality;
  std::map<std::string, std::string> notices;  ///< Plugin name -> JSON object.
};

/// `seq`: the number of the message that tells it.
class Notices {
 public:
  /// The newest ones, to be repeated. An older one that was lost with a connection stays lost.
  static constexpr size_t kMaxAnnouncements = 32;

  /// `told`: the speakers in the client's snapshot.
  explicit Notices(Speakers told) : told_speakers_(std::move(told)) {}

  /// The latest state of a slot wins.
  void slots_changed(const std::vector<SlotView>& slots);
  /// The client has a new session with these slots; undelivered changes of the old ones are
  /// dropped.
  void slots_restarted(const std::vector<SlotView>& slots);
  void speakers_changed(const Speakers& speakers) { speakers_ = speakers; }

  void hint_changed(const PublishHint& hint) { hint_ = hint; }
  void quality_changed(const NetworkQuality& quality) { quality_ = quality; }
  /// The latest notice of a plugin wins.
  void announced(const std::string& plugin, const std::optional<std::string>& json) {
    plugins_.insert_or_assign(plugin, json);
  }
  /// Each is told: a later one takes the place of none.
  void add_announcement(Announcement announcement);

  std::vector<SlotView> take_slots(uint64_t seq);
  /// Nothing if they are the ones delivered last.
  std::optional<Speakers> take_speakers(uint64_t seq);
  std::optional<PublishHint> take_hint(uint64_t seq);
  std::optional<NetworkQuality> take_quality(uint64_t seq);
  PluginNotices take_plugins(uint64_t seq);
  /// The oldest that is due; null if there is none.
  Announcement take_announcement(uint64_t seq);

  /// The client has got no message after `seq`: what those told is due again, as it is at present;
  /// of announcements, as it was.
  void rewind(uint64_t seq, const Present& present);

 private:
  std::map<std::string, SlotView> slots_;  ///< By mid.
  std::optional<Speakers> speakers_;
  std::optional<Speakers> told_speakers_;  ///< Nothing: the client's are not known.
  std::optional<PublishHint> hint_;
  std::optional<NetworkQuality> quality_;
  PluginNotices plugins_;
  struct Announced {
    Announcement announcement;
    uint64_t seq = 0;  ///< 0: it is due.
  };
  std::deque<Announced> announcements_;  ///< In order: those that are due are the last ones.
  // When each was told last.
  uint64_t slots_seq_ = 0, speakers_seq_ = 0, hint_seq_ = 0, quality_seq_ = 0;
  std::map<std::string, uint64_t> plugins_seq_;
};

}  // namespace veche::room
