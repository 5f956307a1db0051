// SPDX-License-Identifier: Apache-2.0
// The table of sessions, and the way of a binding request through it.
#include "media/ice/ice_lite.hpp"

#include <utility>

#include "sdp/values.hpp"

namespace veche::media {
namespace {

/// What may be computed for one session on behalf of addresses that are not authenticated, and for
/// one authenticated pair that fails. Each has its own bucket, so that a stranger that knows a user
/// name, such as a hostile participant, uses up no other session's tokens.
constexpr TokenRate kStrangerRate{.interval_ns = 20 * kNsPerMs, .burst = 100};
constexpr TokenRate kFailureRate{.interval_ns = 50 * kNsPerMs, .burst = 40};

Error conflict(const std::string& message) { return {ErrorCode::Conflict, message}; }

bool is_ufrag(std::string_view text) { return sdp::is_ice_string(text, 4, 256); }

Status check_form(const IceCredentials& credentials, const std::string& name) {
  if (is_ufrag(credentials.local_ufrag) &&
      sdp::is_ice_string(credentials.local_password, 22, 256) &&
      (credentials.remote_ufrag.empty() || is_ufrag(credentials.remote_ufrag))) {
    return Ok{};
  }
  return invalid(name + ": ice-ufrag must be 4 to 256, ice-pwd 22 to 256 ICE characters");
}

}  // namespace

IceLite::IceLite(const HashKey& key) : key_(key), limit_(key), pairs_(key) {}

Status IceLite::check_unique(std::string_view local, std::string_view remote,
                             SessionId except) const {
  const auto [begin, end] = by_ufrag_.equal_range(local);
  for (auto it = begin; it != end; ++it) {
    if (it->second->id() == except) continue;
    const std::string& other = it->second->credentials_of(local)->remote_ufrag;
    if (other.empty() || remote.empty() || other == remote) {
      return conflict("session " + std::to_string(except.value) +
                      ": its ICE user name belongs to session " +
                      std::to_string(it->second->id().value) + "; choose another ice-ufrag");
    }
  }
  return Ok{};
}

Status IceLite::add(SessionId id, IceCredentials credentials) {
  const std::string name = "session " + std::to_string(id.value);
  if (Status checked = check_form(credentials, name); !checked) return checked.error();
  if (sessions_.count(id) != 0) return conflict(name + " was added before");
  if (sessions_.size() >= kMaxSessions) {
    return Error{ErrorCode::Exhausted,
                 name + ": the lane has " + std::to_string(kMaxSessions) + " sessions already"};
  }
  if (Status unique = check_unique(credentials.local_ufrag, credentials.remote_ufrag, id);
      !unique) {
    return unique.error();
  }
  pairs_.reserve((sessions_.size() + 1) * IceSession::kMaxPairs);
  auto session = std::make_unique<IceSession>(id, std::move(credentials));
  by_ufrag_.emplace(session->credentials().local_ufrag, session.get());
  sessions_.emplace(id, std::move(session));
  return Ok{};
}

Status IceLite::set_remote_ufrag(SessionId id, std::string ufrag) {
  const std::string name = "session " + std::to_string(id.value);
  IceSession* session = get(id);
  if (session == nullptr) return not_found(name + " is unknown to this lane");
  if (!is_ufrag(ufrag)) return invalid(name + ": ice-ufrag must be 4 to 256 ICE characters");
  if (!session->credentials().remote_ufrag.empty()) {
    return Error{ErrorCode::PreconditionFailed, name + ": the remote ice-ufrag is known already"};
  }
  if (Status unique = check_unique(session->credentials().local_ufrag, ufrag, id); !unique) {
    return unique.error();
  }
  session->set_remote_ufrag(std::move(ufrag));
  return Ok{};
}

Status IceLite::restart(SessionId id, IceCredentials fresh) {
  const std::string name = "session " + std::to_string(id.value);
  IceSession* session = get(id);
  if (session == nullptr) return not_found(name + " is unknown to this lane");
  if (Status checked = check_form(fresh, name); !checked) return checked.error();
  if (session->credentials_of(fresh.local_ufrag) != nullptr) {
    return conflict(name + " has this ice-ufrag; a restart needs another");
  }
  if (Status unique = check_unique(fresh.local_ufrag, fresh.remote_ufrag, id); !unique) {
    return unique.error();
  }
  // The keys are views into strings that are about to move.
  forget_ufrag(session->credentials().local_ufrag, *session);
  if (session->former() != nullptr) forget_ufrag(session->former()->local_ufrag, *session);
  session->restart(std::move(fresh));
  by_ufrag_.emplace(session->credentials().local_ufrag, session);
  by_ufrag_.emplace(session->former()->local_ufrag, session);
  return Ok{};
}

void IceLite::forget_ufrag(const std::string& ufrag, const IceSession& session) noexcept {
  const auto [begin, end] = by_ufrag_.equal_range(ufrag);
  for (auto it = begin; it != end; ++it) {
    if (it->second != &session) continue;
    by_ufrag_.erase(it);
    return;
  }
}

void IceLite::remove(SessionId id) noexcept {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  const IceSession* session = found->second.get();
  for (size_t slot = 0; slot < IceSession::kMaxPairs; ++slot) {
    if (session->at(slot).used) pairs_.erase(session->at(slot).pair);
  }
  forget_ufrag(session->credentials().local_ufrag, *session);
  if (session->former() != nullptr) forget_ufrag(session->former()->local_ufrag, *session);
  sessions_.erase(found);
}

IceOutcome IceLite::handle(std::span<const uint8_t> datagram, const CandidatePair& from,
                           int64_t now_ns, std::span<uint8_t> reply) noexcept {
  const IceOutcome outcome = judge(datagram, from, now_ns, reply);
  counts_[static_cast<size_t>(outcome.verdict)].add();
  return outcome;
}

IceOutcome IceLite::judge(std::span<const uint8_t> datagram, const CandidatePair& from,
                          int64_t now_ns, std::span<uint8_t> reply) noexcept {
  std::optional<StunRequest> request = stun_.parse(datagram);
  if (!request) return {.verdict = IceVerdict::NotARequest};
  IceSession* session = match(*request);
  if (session == nullptr) return {.verdict = IceVerdict::UnknownUser};
  if (const auto refusal = refuse(*session, *request, from, now_ns)) return {.verdict = *refusal};
  const IceCredentials& credentials = *session->credentials_of(request->local_ufrag);
  switch (stun_.authenticate(*request, credentials.local_password)) {
    case StunCheck::Valid: return answer(*session, *request, from, now_ns, reply);
    case StunCheck::UnknownAttribute:
      session->transactions().remember(request->transaction, from.hash(key_));
      return {.verdict = IceVerdict::UnknownAttribute,
              .reply_size = stun_.write_unknown_attributes(*request, reply),
              .session = session->id()};
    case StunCheck::BadIntegrity:
      charge(*session, from, now_ns);
      return {.verdict = IceVerdict::BadIntegrity};
    case StunCheck::BadForm: break;
  }
  charge(*session, from, now_ns);  // The FINGERPRINT has been computed.
  return {.verdict = IceVerdict::NotARequest};
}

/// What can be said before anything is computed.
std::optional<IceVerdict> IceLite::refuse(IceSession& session, const StunRequest& request,
                                          const CandidatePair& from, int64_t now_ns) noexcept {
  if (session.transactions().seen(request.transaction, from.hash(key_)) ==
      TransactionMemory::Seen::Elsewhere) {
    return IceVerdict::Replayed;
  }
  if (const auto slot = session.find(from)) {
    if (session.at(*slot).failures.has_token(kFailureRate, now_ns)) return std::nullopt;
    return IceVerdict::Limited;
  }
  const PairIndex::Entry* held = pairs_.find(from);
  if (held != nullptr && now_ns - held->session->at(held->slot).last_heard_ns < kPairHoldNs) {
    return IceVerdict::HeldElsewhere;
  }
  if (!session.strangers().has_token(kStrangerRate, now_ns) || !limit_.allows(from.peer, now_ns)) {
    return IceVerdict::Limited;
  }
  session.strangers().take(kStrangerRate, now_ns);
  return std::nullopt;
}

void IceLite::charge(IceSession& session, const CandidatePair& from, int64_t now_ns) noexcept {
  if (const auto slot = session.find(from)) {
    session.at(*slot).failures.take(kFailureRate, now_ns);
  } else {
    limit_.charge(from.peer, now_ns);
  }
}

IceOutcome IceLite::answer(IceSession& session, const StunRequest& request,
                           const CandidatePair& from, int64_t now_ns,
                           std::span<uint8_t> reply) noexcept {
  const uint64_t pair_hash = from.hash(key_);
  const bool repeated =
      session.transactions().seen(request.transaction, pair_hash) == TransactionMemory::Seen::Here;
  if (!repeated) session.transactions().remember(request.transaction, pair_hash);
  IceOutcome outcome{.verdict = IceVerdict::Accepted, .session = session.id()};
  // RFC 8445 section 7.3.1.1 lets the higher tie-breaker keep its role. A lite agent cannot control
  // (section 6.1.1), so ours is lower than any, and the peer switches.
  if (request.from_controlled) {
    outcome.verdict = IceVerdict::RoleConflict;
    outcome.reply_size = stun_.write_role_conflict(request, reply);
    return outcome;
  }
  outcome.reply_size = stun_.write_success(request, from.peer, reply);
  if (repeated) {
    outcome.verdict = IceVerdict::Repeated;
    return outcome;
  }
  const bool is_new = request.local_ufrag == session.credentials().local_ufrag;
  if (session.former() != nullptr && request.nominates && is_new) {
    forget_ufrag(session.former()->local_ufrag, session);
    session.retire_former();
  }
  const size_t slot = enter(session, from);
  outcome.change = session.accept(slot, request.priority, request.nominates, now_ns);
  return outcome;
}

/// The slot of the pair in the session, which takes the pair over if it was another's.
size_t IceLite::enter(IceSession& session, const CandidatePair& from) noexcept {
  if (const auto known = session.find(from)) return *known;
  if (const PairIndex::Entry* held = pairs_.find(from)) {
    held->session->drop(held->slot);
    pairs_.erase(from);
  }
  const size_t slot = session.place();
  if (session.at(slot).used) pairs_.erase(session.at(slot).pair);
  session.take(slot, from);
  pairs_.insert({.pair = from, .slot = static_cast<uint16_t>(slot), .session = &session});
  return slot;
}

IceSession* IceLite::match(const StunRequest& request) const noexcept {
  const auto [begin, end] = by_ufrag_.equal_range(request.local_ufrag);
  for (auto it = begin; it != end; ++it) {
    const std::string& remote = it->second->credentials_of(request.local_ufrag)->remote_ufrag;
    if (remote.empty() || remote == request.remote_ufrag) return it->second;
  }
  return nullptr;
}

IceSession* IceLite::get(SessionId id) const noexcept {
  const auto found = sessions_.find(id);
  return found != sessions_.end() ? found->second.get() : nullptr;
}

std::optional<SessionId> IceLite::find(const CandidatePair& pair, int64_t now_ns) const noexcept {
  const PairIndex::Entry* entry = pairs_.find(pair);
  if (entry == nullptr || now_ns - entry->session->at(entry->slot).last_heard_ns > kPairExpiryNs) {
    return std::nullopt;
  }
  return entry->session->id();
}

void IceLite::heard(const CandidatePair& pair, int64_t now_ns) noexcept {
  const PairIndex::Entry* entry = pairs_.find(pair);
  if (entry != nullptr) entry->session->at(entry->slot).last_heard_ns = now_ns;
}

const CandidatePair* IceLite::selected(SessionId id) const noexcept {
  const IceSession* session = get(id);
  return session != nullptr ? session->selected() : nullptr;
}

bool IceLite::is_proven(SessionId id) const noexcept {
  const IceSession* session = get(id);
  return session != nullptr && session->is_proven();
}

void IceLite::prove(SessionId id) noexcept {
  if (IceSession* session = get(id)) session->prove();
}

void IceLite::distrust(SessionId id, int64_t now_ns) noexcept {
  if (IceSession* session = get(id)) session->distrust(now_ns);
}

bool IceLite::follow(const CandidatePair& pair, int64_t now_ns) noexcept {
  const PairIndex::Entry* entry = pairs_.find(pair);
  return entry != nullptr && entry->session->follow(entry->slot, now_ns);
}

std::optional<int64_t> IceLite::last_request_ns(SessionId id) const noexcept {
  const IceSession* session = get(id);
  return session != nullptr ? session->last_request_ns() : std::nullopt;
}

uint64_t IceLite::count(IceVerdict verdict) const noexcept {
  return counts_[static_cast<size_t>(verdict)].value();
}

uint64_t IceLite::refused() const noexcept {
  uint64_t all = 0;
  for (auto i = static_cast<size_t>(IceVerdict::NotARequest); i < counts_.size(); ++i) {
    all += counts_[i].value();
  }
  return all;
}

}  // namespace veche::media
