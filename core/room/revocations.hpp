// SPDX-License-Identifier: Apache-2.0
// What older join tokens no longer give: removals, changed permissions and deleted rooms. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace veche::room {

/// Why the server refuses a token that is valid otherwise.
enum class TokenRefusal {
  Removed = 1,  ///< Its participant was removed after the token was issued.
  RoomDeleted,
  /// The participant's permissions have changed since; or see Revocations::kMax. Such a token still
  /// serves a participant that is in the room, whose permissions are those of now.
  Outdated,
};

/// Times are milliseconds since 1970. A revocation covers the tokens that were issued (claim `iat`)
/// up to its moment, and is kept until the longest of them has expired. What has to outlive the
/// process is told to a keeper, and comes back by restore().
class Revocations {
 public:
  /// `exp` is at most this much later than `iat`.
  static constexpr int64_t kMaxTokenMs = int64_t{24} * 3600 * 1000;
  /// How far the clocks of backends and of this server may differ.
  static constexpr int64_t kLeewayMs = 60'000;
  /// Participants and rooms with a revocation. Beyond that the oldest revocation gives way to a
  /// floor: from then on every token, of any room, that is older than it counts as outdated.
  static constexpr size_t kMax = 100'000;

  static constexpr int64_t kNever = INT64_MIN;
  /// The newest tokens that each reason reaches.
  struct Reach {
    int64_t removed_ms = kNever;  ///< Of a room: deleted.
    int64_t outdated_ms = kNever;

    int64_t newest_ms() const { return std::max(removed_ms, outdated_ms); }
    friend bool operator==(const Reach&, const Reach&) = default;
  };
  /// The key of the floor, among those of rooms and participants. It reaches as `outdated_ms`.
  static constexpr const char* kFloorKey = "*";
  /// Gets each reach that has changed, by key; nothing: it has given way to the floor. What has
  /// expired is not told.
  using Keeper = std::function<void(const std::string& key, const std::optional<Reach>& reach)>;

  explicit Revocations(size_t max = kMax) : max_(max) {}

  void use_keeper(Keeper keeper) { keeper_ = std::move(keeper); }
  /// What a keeper was told before a restart. Before anything else is called.
  void restore(const std::map<std::string, Reach>& kept);

  void remove(const std::string& room, const std::string& participant, int64_t now_ms);
  /// Its permissions have changed.
  void outdate(const std::string& room, const std::string& participant, int64_t now_ms);
  void delete_room(const std::string& room, int64_t now_ms);

  /// The backend invites the participant with a token issued then: revocations reach only older
  /// tokens, even if the clock was set back since.
  void invite(const std::string& room, const std::string& participant, int64_t issued_ms);

  /// A valid token was shown. Backends' clocks may be ahead of ours, so a revocation reaches the
  /// tokens that were seen before it, too.
  void saw(int64_t issued_ms);
  /// The time of issue for a token that is made now: after those of all that were seen or made.
  int64_t issue(int64_t now_ms);

  /// Nothing: the token is good.
  std::optional<TokenRefusal> refusal(const std::string& room, const std::string& participant,
                                      int64_t issued_ms) const;

  size_t size() const { return entries_.size(); }

 private:
  using Order = std::list<std::string>;
  struct Entry : Reach {
    Order::iterator place;
  };
  const Entry* find(const std::string& key) const;
  void revoke(const std::string& key, int64_t Reach::*reason, int64_t now_ms);
  void keep(const std::string& key, const std::optional<Reach>& reach) const {
    if (keeper_) keeper_(key, reach);
  }
  void keep_floor() const { keep(kFloorKey, Reach{kNever, floor_ms_}); }
  void drop_expired(int64_t now_ms);
  void drop_oldest();

  const size_t max_;
  Keeper keeper_;
  int64_t newest_ms_ = kNever;  ///< Of tokens and revocations.
  int64_t floor_ms_ = kNever;
  std::unordered_map<std::string, Entry> entries_;  ///< By room, or by room and participant.
  Order order_;                                     ///< Keys, the last one revoked at the end.
};

}  // namespace veche::room
