// SPDX-License-Identifier: Apache-2.0
// The candidate pairs of one session, and the rule that decides which of them media uses.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "media/ice/address.hpp"
#include "media/ice/rate_limit.hpp"

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
/// kReorderNs: requests of the pair just left may still be under way. One thread.
class IceSession {
 public:
  static constexpr size_t kMaxPairs = 8;
  static constexpr int64_t kReorderNs = 500 * kNsPerMs;
  static constexpr int64_t kSilenceNs = 6 * kNsPerS;  ///< The longest interval of RFC 7675.

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
  void set_remote_ufrag(std::string ufrag) { credentials_.remote_ufrag = std::move(ufrag); }

  std::optional<size_t> find(const CandidatePair& pair) const noexcept;
  Pair& at(size_t slot) noexcept { return pairs_[slot]; }
  const Pair& at(size_t slot) const noexcept { return pairs_[slot]; }
  const CandidatePair* selected() const noexcept;
  /// Nothing until the first authenticated request.
  std::optional<int64_t> last_request_ns() const noexcept { return last_request_ns_; }
  /// Attempts from addresses that are not authenticated yet.
  TokenBucket& strangers() noexcept { return strangers_; }

  /// A free place, or that of the pair that was silent longest and is not selected.
  size_t place() const noexcept;
  void take(size_t slot, const CandidatePair& pair) noexcept;
  /// Another session has taken the pair over.
  void drop(size_t slot) noexcept;

  /// An authenticated request came from the pair in this slot.
  IceChange accept(size_t slot, uint32_t priority, bool nominates, int64_t now_ns) noexcept;

  enum class Seen { Never = 1, Here, Elsewhere };
  /// Has the session's peer sent this transaction before? STUN has no other defence against
  /// replays. `pair` is the hash of the pair from which it comes.
  Seen seen(uint64_t transaction, uint64_t pair) const noexcept;
  void remember(uint64_t transaction, uint64_t pair) noexcept;

 private:
  struct Transaction {
    uint64_t id = 0, pair = 0;
  };

  bool follows(const Pair& nominated, int64_t now_ns) const noexcept;

  const SessionId id_;
  IceCredentials credentials_;
  std::array<Pair, kMaxPairs> pairs_;
  std::optional<size_t> selected_;
  std::optional<int64_t> last_request_ns_;
  TokenBucket strangers_;
  std::array<Transaction, 32> transactions_;
  size_t remembered_ = 0;
};

}  // namespace veche::media
