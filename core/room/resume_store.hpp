// SPDX-License-Identifier: Apache-2.0
// Keeps the streams of clients that have lost their connection, for a minute. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "room/message_stream.hpp"

namespace veche::room {

/// One for each participant of a room, so their number is bounded by the room's.
class ResumeStore {
 public:
  static constexpr int64_t kKeptNs = 60 * kNsPerS;

  /// In place of an earlier one of the participant.
  void keep(MessageStream stream, int64_t now_ns);
  /// The stream of that id, if it is one of that participant.
  std::optional<MessageStream> take(const std::string& id, const std::string& participant);
  void drop(const std::string& participant) { kept_.erase(participant); }
  void expire(int64_t now_ns);
  size_t size() const { return kept_.size(); }

  template <class Visit>
  void for_each(Visit&& visit) {
    for (auto& [participant, kept] : kept_) visit(kept.stream);
  }

 private:
  struct Kept {
    MessageStream stream;
    int64_t since_ns;
  };
  std::map<std::string, Kept> kept_;  ///< By participant.
};

}  // namespace veche::room
