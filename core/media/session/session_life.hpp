// SPDX-License-Identifier: Apache-2.0
// The life of a session as a value: what happened and when goes in, what is to be done comes out.
#pragma once

#include <cstdint>
#include <string>

#include "media/session/session_event.hpp"

namespace veche::media {

enum class SessionPhase {
  Negotiating = 1,  ///< A worker makes the answer.
  Admitting,        ///< The network side gets ready for the client, which has no answer yet.
  Answered,         ///< The client is about to connect.
  Opening,          ///< A worker compares the certificate and opens the path.
  Attached,         ///< Media flows.
  Detaching,        ///< Lanes forget it.
  Leaving,          ///< The network side forgets it.
  Destroying,       ///< A worker takes it down.
  Gone,
};

struct SessionTimes {
  int64_t offered_ns = 0, begun_ns = 0, answered_ns = 0, ice_ns = 0, connected_ns = 0;
  FirstPackets first_packets;
};

/// No thread, no clock, nothing that it owns: everything that can happen at a bad moment can be
/// written down as a row of a table.
class SessionLife {
 public:
  /// A client that does not connect within the timeout, or is not heard for as long, is given up.
  explicit SessionLife(int64_t timeout_ns) : timeout_ns_(timeout_ns) {}

  /// `now_ns`: when it happened, on the monotonic clock.
  SessionActions on(const SessionEvent& event, int64_t now_ns);

  SessionPhase phase() const { return phase_; }
  /// Media flows, and no worker has the connection: control may look at it.
  bool is_attached() const { return phase_ == SessionPhase::Attached; }
  const SessionTimes& times() const { return times_; }

 private:
  void handle(const session_event::Offered& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::Negotiated& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::Admitted& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::IceConnected& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::PeerConnected& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::PeerFailed& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::Opened& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::SpareGone& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::WebrtcFailed& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::Violated& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::Closed& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::Detached& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::Left& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::Destroyed& event, int64_t now_ns, SessionActions& actions);
  void handle(const session_event::Tick& event, int64_t now_ns, SessionActions& actions);

  /// A failure is the owner's to know, once, and not before the answer: until then it is the
  /// negotiation that fails.
  void end(SessionEnd reason, std::string detail, SessionActions& actions);
  void close(SessionActions& actions);
  void leave(SessionActions& actions);
  void measure(const FirstPackets& now, SessionActions& actions);

  const int64_t timeout_ns_;
  SessionPhase phase_ = SessionPhase::Negotiating;
  bool has_owner_ = true;    // Somebody is to be told.
  bool is_closing_ = false;  // Once the worker or the lane that is busy with it is done.
  bool spare_is_gone_ = false;
  SessionTimes times_;
};

}  // namespace veche::media
