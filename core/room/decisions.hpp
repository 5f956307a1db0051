// SPDX-License-Identifier: Apache-2.0
// What a backend has decided about participants of one room, kept for when they rejoin. Pure.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "room/types.hpp"

namespace veche::room {

/// About one participant. What was not decided is left to its token or invitation.
struct Decision {
  std::optional<bool> muted;
  std::optional<Permissions> permissions;
  std::optional<Attributes> attributes;

  /// Takes over what the patch decides; its other fields are no decisions.
  void note(const ParticipantPatch& patch);
  void apply(ParticipantSettings& settings) const;
  explicit operator bool() const { return muted || permissions || attributes; }
};

/// About participants that have left.
class Decisions {
 public:
  /// At least this many are kept; the oldest are evicted first.
  static constexpr size_t kLeast = 1024;

  /// `most`: how many may be kept, unless that is less than kLeast.
  void keep(const std::string& participant, const Decision& decision, size_t most);
  /// Nothing: there is none.
  std::optional<Decision> find(const std::string& participant) const;
  void forget(const std::string& participant);

 private:
  using Kept = std::list<std::pair<std::string, Decision>>;
  Kept kept_;  ///< In the order of leaving.
  std::unordered_map<std::string, Kept::iterator> by_name_;
};

}  // namespace veche::room
