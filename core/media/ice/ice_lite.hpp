// SPDX-License-Identifier: Apache-2.0
// The ICE-Lite agent of one lane (RFC 8445): answers binding requests, and knows which session an
// address belongs to.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/counter.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "media/ice/ice_session.hpp"
#include "media/ice/pair_index.hpp"
#include "media/ice/rate_limit.hpp"
#include "media/ice/stun_server.hpp"

namespace veche::media {

/// What became of a datagram. Only the first four are answered: a sender that is not authenticated
/// gets no byte, not even the error that RFC 8489 section 9.1.3 allows, so that no host can be
/// flooded through the server, and no stranger learns which sessions exist.
enum class IceVerdict {
  Accepted = 1,
  Repeated,  ///< A transaction that was answered before: it is answered again and changes nothing.
  RoleConflict,      ///< 487: the peer must take the controlling role.
  UnknownAttribute,  ///< 420.
  NotARequest,       ///< Malformed, a response, an indication, or without integrity.
  UnknownUser,       ///< No session has this user name.
  Replayed,          ///< A transaction that came from another pair before.
  HeldElsewhere,     ///< The pair belongs to another session, which is alive.
  Limited,           ///< Too many failures; nothing was computed.
  BadIntegrity,
};

struct IceOutcome {
  IceVerdict verdict = IceVerdict::NotARequest;
  size_t reply_size = 0;  ///< To be sent back to where the datagram came from.
  SessionId session;      ///< Set if the datagram was authentic.
  IceChange change;       ///< Of an accepted request, which also refreshes consent (RFC 7675).
};

/// One thread, except count() and refused(). Nothing is allocated for a datagram except by libnice.
class IceLite {
 public:
  static constexpr size_t kMaxReplySize = StunServer::kMaxReplySize;
  static constexpr size_t kMaxSessions = 4096;
  /// A pair from which nothing authentic came for this long, neither request nor media, is unknown
  /// again. Browsers ask every few seconds (RFC 7675); libnice never again, once it is connected.
  static constexpr int64_t kPairExpiryNs = 30 * kNsPerS;
  /// Only after this silence may another session take a pair over.
  static constexpr int64_t kPairHoldNs = 10 * kNsPerS;

  explicit IceLite(const HashKey& key);

  /// Conflict: known already, or its user name cannot be told from another session's. Exhausted:
  /// kMaxSessions. InvalidArgument: an ufrag or password that RFC 8839 does not allow.
  Status add(SessionId id, IceCredentials credentials);
  /// For a session that was added without one. Conflict as above; NotFound if the session is
  /// unknown, PreconditionFailed if it has one.
  Status set_remote_ufrag(SessionId id, std::string ufrag);
  /// An ICE restart: the session has these credentials from now on. The former ones count until the
  /// peer nominates with the new ones. NotFound if it is unknown; Conflict and InvalidArgument as
  /// for add().
  Status restart(SessionId id, IceCredentials fresh);
  /// Nothing happens if it is unknown.
  void remove(SessionId id) noexcept;

  /// Judges a datagram of DatagramKind::Stun. `reply` has kMaxReplySize bytes or more.
  IceOutcome handle(std::span<const uint8_t> datagram, const CandidatePair& from, int64_t now_ns,
                    std::span<uint8_t> reply) noexcept;

  /// The session that media from this pair belongs to; nothing unless the pair is authenticated and
  /// has not expired.
  std::optional<SessionId> find(const CandidatePair& pair, int64_t now_ns) const noexcept;
  /// Authentic media came from the pair: it does not expire as long as that goes on.
  void heard(const CandidatePair& pair, int64_t now_ns) noexcept;
  /// Where the session's media goes; null before the first nomination. Valid until the next call of
  /// another function. It does not expire: the caller watches last_request_ns().
  const CandidatePair* selected(SessionId id) const noexcept;
  // See IceSession. For unknown sessions and pairs nothing happens.
  bool is_proven(SessionId id) const noexcept;
  void prove(SessionId id) noexcept;
  void distrust(SessionId id, int64_t now_ns) noexcept;
  bool follow(const CandidatePair& pair, int64_t now_ns) noexcept;
  /// The newest accepted request: the peer's consent. Nothing before the first.
  std::optional<int64_t> last_request_ns(SessionId id) const noexcept;

  /// [any]
  uint64_t count(IceVerdict verdict) const noexcept;
  /// [any] Datagrams that were not answered: every verdict but the first four.
  uint64_t refused() const noexcept;

 private:
  IceSession* match(const StunRequest& request) const noexcept;
  IceSession* get(SessionId id) const noexcept;
  void forget_ufrag(const std::string& ufrag, const IceSession& session) noexcept;
  Status check_unique(std::string_view local, std::string_view remote, SessionId except) const;
  IceOutcome judge(std::span<const uint8_t> datagram, const CandidatePair& from, int64_t now_ns,
                   std::span<uint8_t> reply) noexcept;
  std::optional<IceVerdict> refuse(IceSession& session, const StunRequest& request,
                                   const CandidatePair& from, int64_t now_ns) noexcept;
  void charge(IceSession& session, const CandidatePair& from, int64_t now_ns) noexcept;
  IceOutcome answer(IceSession& session, const StunRequest& request, const CandidatePair& from,
                    int64_t now_ns, std::span<uint8_t> reply) noexcept;
  size_t enter(IceSession& session, const CandidatePair& from) noexcept;

  const HashKey key_;
  StunServer stun_;
  RateLimit limit_;
  PairIndex pairs_;
  std::unordered_map<SessionId, std::unique_ptr<IceSession>> sessions_;
  /// Keys are views into the sessions.
  std::unordered_multimap<std::string_view, IceSession*> by_ufrag_;
  std::array<Counter, static_cast<size_t>(IceVerdict::BadIntegrity) + 1> counts_;
};

}  // namespace veche::media
