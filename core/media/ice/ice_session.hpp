// SPDX-License-Identifier: Apache-2.0
// The candidate pairs of one session, and the rule that decides which of them media uses.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "media/ice/address.hpp"
#include "media/ice/rate_limit.hpp"
#include "media/ice/transaction_memory.hpp"

namespace veche::media {

struct IceCredentials {
  std::string local_ufrag, local_password;
  std::string remote_ufrag;  ///< Empty: not known yet.
};

/// What an authenticated request changed.
struct IceChange {
  bool first = false;      ///< It is the session's first.
  bool nominated = false;  ///< Media has a pair now and had none before.
  bool moved = false;      ///< Media uses another pair from now on.
};

/// Only the peer nominates (RFC 8445 section 8.1.1); the question is which USE-CANDIDATE to follow.
/// A peer that knows that the server is lite checks a pair plainly first and nominates it by a
/// second request (RFC 5245 section 8.1.1; Chromium: its selected pair only): its newest word
/// counts, at once. One that does not know may nominate aggressively, with USE-CANDIDATE in all
/// checks: there the highest priority counts (RFC 5245 section 8.1.1.2), and the newest word would
/// flap. So a nomination of another pair than the selected one is followed
///  1. if its priority is higher, unless media left that pair less than kReorderNs ago;
///  2. if the pair was checked plainly before, or has the same priority (the same local candidate
///     behind a new NAT binding), unless the selected pair was nominated less than kReorderNs ago;
///  3. if the selected pair has not been nominated for kSilenceNs.
/// kReorderNs: requests of the pair just left may still be under way.
///
/// An authentic request proves who wrote it, not where it came from: an observer can send a copy
/// with a false source address, and a hostile participant requests of its own. So a pair that media
/// moves to is kept only if the peer has received something over it (prove()); else media returns
/// to the last pair of which that is known (distrust()), and the session's next moves must wait,
/// each time longer. The first pair needs no proof: the DTLS handshake takes place over it. One
/// thread.
class IceSession {
 public:
  static constexpr size_t kMaxPairs = 8;
  static constexpr int64_t kReorderNs = 500 * kNsPerMs;
  static constexpr int64_t kSilenceNs = 6 * kNsPerS;  ///< The longest interval of RFC 7675.
  /// The wait after a pair was distrusted. It doubles each time, at most kMaxDoublings times.
  static constexpr int64_t kDistrustNs = 10 * kNsPerS;
  static constexpr uint32_t kMaxDoublings = 6;

  struct Pair {
    CandidatePair pair;
    bool used = false;
    bool checked = false;  ///< By a request without USE-CANDIDATE.
    uint32_t priority = 0;
    int64_t last_heard_ns = 0;  ///< An authentic request, or authentic media.
    int64_t last_nomination_ns = 0, left_ns = 0;
    TokenBucket failures;
  };

  IceSession(SessionId id, IceCredentials credentials);

  SessionId id() const noexcept { return id_; }
  const IceCredentials& credentials() const noexcept { return credentials_; }
  /// Those before the last restart, which count until the peer nominates a pair with the new ones
  /// (RFC 8445 section 9). Null: none.
  const IceCredentials* former() const noexcept { return former_ ? &*former_ : nullptr; }
  /// Those that have this ufrag of the server's; null: none.
  const IceCredentials* credentials_of(std::string_view local_ufrag) const noexcept;
  /// Begins an ICE restart. Pairs and the selected one stay. New credentials that were never used
  /// are replaced.
  void restart(IceCredentials fresh);
  /// Ends it: the peer nominates with the new ones, and what it did before counts no longer.
  void retire_former() noexcept;
  void set_remote_ufrag(std::string ufrag) { credentials_.remote_ufrag = std::move(ufrag); }

  std::optional<size_t> find(const CandidatePair& pair) const noexcept;
  Pair& at(size_t slot) noexcept { return pairs_[slot]; }
  const Pair& at(size_t slot) const noexcept { return pairs_[slot]; }
  /// Where media goes. Null: nowhere.
  const CandidatePair* selected() const noexcept;
  /// The peer is known to receive what is sent over the selected pair.
  bool is_proven() const noexcept { return selected_ && selected_ == proven_; }
  void prove() noexcept { proven_ = selected_; }
  /// The selected pair was not proven in time.
  void distrust(int64_t now_ns) noexcept;
  /// Media arrives from the pair in this slot, and from the selected one no longer: the peer may
  /// send on a new pair before it nominates it. False if media may not move.
  bool follow(size_t slot, int64_t now_ns) noexcept;
  /// Nothing until the first authenticated request.
  std::optional<int64_t> last_request_ns() const noexcept { return last_request_ns_; }
  /// Attempts from addresses that are not authenticated yet.
  TokenBucket& strangers() noexcept { return strangers_; }
  TransactionMemory& transactions() noexcept { return transactions_; }

  /// A free place, or that of the pair that was silent longest and is neither selected nor proven.
  size_t place() const noexcept;
  void take(size_t slot, const CandidatePair& pair) noexcept;
  /// Another session has taken the pair over.
  void drop(size_t slot) noexcept;

  /// An authenticated request came from the pair in this slot.
  IceChange accept(size_t slot, uint32_t priority, bool nominates, int64_t now_ns) noexcept;

 private:
  bool follows(const Pair& nominated, int64_t now_ns) const noexcept;
  bool may_move_to(size_t slot, int64_t now_ns) const noexcept;
  void move_to(size_t slot, int64_t now_ns) noexcept;

  const SessionId id_;
  IceCredentials credentials_;
  std::optional<IceCredentials> former_;
  std::array<Pair, kMaxPairs> pairs_;
  std::optional<size_t> selected_;
  std::optional<size_t> proven_;  // The newest proven pair: where media returns to.
  bool has_had_pair_ = false;
  uint32_t distrusted_ = 0;  // How often a pair was not proven.
  int64_t distrusted_until_ns_ = 0;
  std::optional<int64_t> last_request_ns_;
  TokenBucket strangers_;
  TransactionMemory transactions_;
};

}  // namespace veche::media
