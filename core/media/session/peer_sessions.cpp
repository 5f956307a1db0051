// SPDX-License-Identifier: Apache-2.0
// The watch over all sessions, their sums, and their end.
#include "media/session/peer_sessions.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "media/session/peer_session.hpp"

namespace veche::media {
namespace {

/// A handshake costs CPU (an RSA key for each session): at most this many at once, so that lanes
/// and control stay responsive.
constexpr size_t kMakers = 3;
/// Opening a session is short, and its client is connected already: it waits for nothing else.
constexpr size_t kOpeners = 1;
constexpr size_t kUnmakers = 2;
/// Nobody waits for the end of a session, and somebody may wait for a processor to join.
constexpr int kUnmakersNice = 10;
constexpr uint32_t kWatchMs = 1000;

}  // namespace

PeerSessions::PeerSessions(glib::ControlLoop& loop, const Settings& settings, DtlsRelay& relay,
                           const std::vector<WirePort*>& ports, Taps& taps)
    : loop_(loop),
      timeout_ns_(int64_t{settings.peer_timeout_s} * kNsPerS),
      connections_(settings, relay, ports),
      taps_(taps),
      timer_(loop.every(kWatchMs, [this] { watch(); })),
      negotiations_(kMakers),
      makers_("session-make", kMakers),
      openers_("session-open", kOpeners),
      unmakers_("session-end", kUnmakers, kUnmakersNice) {}

PeerSessions::~PeerSessions() = default;

std::shared_ptr<Session> PeerSessions::open(std::shared_ptr<RoomLanes> room, SessionRequest request,
                                            SessionEvents events) {
  assert(is_on_control());
  auto session =
      std::make_shared<PeerSession>(*this, std::move(room), std::move(request), std::move(events));
  sessions_.insert(session);
  session->begin();
  return session;
}

void PeerSessions::negotiate(NegotiationQueue::Negotiation negotiation) {
  if (const auto replaced = negotiations_.add(std::move(negotiation))) abandon(*replaced);
  begin_negotiations();
}

void PeerSessions::end_negotiation(SessionId session) {
  negotiations_.end(session);
  begin_negotiations();
}

void PeerSessions::withdraw(SessionId session) {
  if (const auto withdrawn = negotiations_.withdraw(session)) abandon(*withdrawn);
}

void PeerSessions::abandon(const NegotiationQueue::Negotiation& negotiation) {
  ++abandoned_;
  negotiation.abandon();
}

void PeerSessions::begin_negotiations() {
  // The queue hands out no more than there are workers, so none waits there.
  while (auto next = negotiations_.next()) makers_.run(std::move(next->begin));
}

void PeerSessions::watch() {
  const int64_t now_ns = monotonic_ns();
  // A session that is given up may close others.
  const auto sessions = sessions_;
  for (const auto& session : sessions) session->watch(now_ns);
}

void PeerSessions::forget(const std::shared_ptr<PeerSession>& session) {
  ended_ += session->totals();
  sessions_.erase(session);
}

void PeerSessions::finish(const std::function<void()>& acknowledge) {
  assert(is_on_control());
  const auto sessions = sessions_;
  for (const auto& session : sessions) session->close();
  while (!sessions_.empty()) {
    acknowledge();
    loop_.iterate(true);
  }
}

SessionTotals PeerSessions::totals() const {
  assert(is_on_control());
  SessionTotals totals = ended_;
  for (const auto& session : sessions_) totals += session->totals();
  return totals;
}

PeerSessions::States PeerSessions::states() const {
  States states;
  for (const auto& session : sessions_) {
    switch (session->phase()) {
      case SessionPhase::Negotiating:
      case SessionPhase::Admitting: ++states.negotiating; break;
      case SessionPhase::Answered:
      case SessionPhase::Opening: ++states.connecting; break;
      case SessionPhase::Attached:
        ++states.connected;
        states.tracks += session->tracks().size();
        break;
      case SessionPhase::Detaching:
      case SessionPhase::Leaving:
      case SessionPhase::Destroying:
      case SessionPhase::Gone: ++states.closing; break;
    }
  }
  return states;
}

size_t PeerSessions::count(PathKind path) const {
  return static_cast<size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [path](const auto& session) { return session->path() == path; }));
}

SessionsInMaking PeerSessions::in_making() const {
  SessionsInMaking count;
  for (const auto& session : sessions_) {
    const bool is_negotiating = session->phase() == SessionPhase::Negotiating ||
                                session->phase() == SessionPhase::Admitting;
    if (!is_negotiating) continue;
    ++(session->path() == PathKind::Wire ? count.wire : count.pipeline);
  }
  return count;
}

}  // namespace veche::media
