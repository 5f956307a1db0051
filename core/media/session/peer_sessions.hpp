// SPDX-License-Identifier: Apache-2.0
// All sessions of the engine, the workers that make and unmake them, and what they have counted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "base/workers.hpp"
#include "glib/control_loop.hpp"
#include "media/engine.hpp"
#include "media/lane/attachment.hpp"
#include "media/session.hpp"
#include "media/session/connections.hpp"
#include "media/session/negotiation_queue.hpp"
#include "media/session/session_totals.hpp"
#include "media/settings.hpp"

namespace veche::media {

class PeerSession;
class Taps;

/// [control] all of it.
class PeerSessions {
 public:
  /// `ports`: of the wire path, by lane; empty: this server cannot use it. All outlive it.
  PeerSessions(glib::ControlLoop& loop, const Settings& settings, DtlsRelay& relay,
               const std::vector<WirePort*>& ports, Taps& taps);
  ~PeerSessions();
  PeerSessions(const PeerSessions&) = delete;
  PeerSessions& operator=(const PeerSessions&) = delete;

  std::shared_ptr<Session> open(std::shared_ptr<RoomLanes> room, SessionRequest request,
                                SessionEvents events);
  /// Of sessions that are attached to their lane from now on; null: none.
  void use_policy(PacketPolicy* policy) { policy_ = policy; }
  /// Before the first session. Blocks.
  void warm_up() { connections_.warm_up(); }
  bool idle() const { return sessions_.empty(); }
  /// Since the start, of those that have ended too.
  SessionTotals totals() const;
  const JoinTimes& join_times() const { return join_times_; }
  struct States {
    uint64_t negotiating = 0, connecting = 0, connected = 0, closing = 0;
    uint64_t tracks = 0;  ///< Of those that are connected.
  };
  States states() const;
  SessionsInMaking in_making() const;
  /// Offers that were replaced or withdrawn before a worker began to answer them.
  uint64_t abandoned() const { return abandoned_; }
  /// Those that something is left of.
  size_t count(PathKind path) const;
  /// Closes what is left and runs the loop until it is gone; `acknowledge` takes commands back from
  /// lanes.
  void finish(const std::function<void()>& acknowledge);

 private:
  friend class PeerSession;
  void watch();
  /// Lets a worker answer the session's offer when its turn comes.
  void negotiate(NegotiationQueue::Negotiation negotiation);
  /// The worker is done with it.
  void end_negotiation(SessionId session);
  /// The session is closed: its negotiation does not begin any more.
  void withdraw(SessionId session);
  void abandon(const NegotiationQueue::Negotiation& negotiation);
  void begin_negotiations();
  /// Keeps its counters and lets go of it.
  void forget(const std::shared_ptr<PeerSession>& session);

  glib::ControlLoop& loop_;
  const int64_t timeout_ns_;
  Connections connections_;
  PacketPolicy* policy_ = nullptr;
  Taps& taps_;
  std::set<std::shared_ptr<PeerSession>>
      sessions_;         // Shared with workers and lanes until they are done.
  SessionTotals ended_;  // Of sessions that are gone.
  JoinTimes join_times_;
  glib::Timer timer_;
  NegotiationQueue negotiations_;
  uint64_t abandoned_ = 0;
  // Three queues: opening connected sessions does not wait behind a burst of joins, and joins do
  // not wait behind a burst of leaves.
  Workers makers_;
  Workers openers_;
  Workers unmakers_;
};

}  // namespace veche::media
