// SPDX-License-Identifier: Apache-2.0
// What can happen to a session, and what is to be done about it: the words of SessionLife.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "media/session.hpp"
#include "media/session/session_totals.hpp"

namespace veche::media {

/// When the first packets came and went; 0: none did yet.
struct FirstPackets {
  int64_t in_ns = 0;     ///< From the client.
  int64_t audio_ns = 0;  ///< To the client, of a talk that had begun before it connected.
};

/// What happens to a session. Those that a worker or a lane reports come once each, in the order
/// of the actions that asked for them; all others may come at any moment.
namespace session_event {
struct Offered {};
struct Negotiated {
  bool ok = true;
  int64_t begun_ns = 0;  ///< When a worker began with it.
};
struct Admitted {
  bool ok = true;
};
struct IceConnected {};
struct PeerConnected {};
struct PeerFailed {};
/// The certificate is the one of the offer and the path is open, or why not.
struct Opened {
  Status status = Ok{};
};
/// From now on webrtcbin's events, those called Peer... and WebrtcFailed, mean nothing.
struct SpareGone {};
struct WebrtcFailed {
  std::string detail;
};
/// The client breaks the rules.
struct Violated {
  std::string detail;
};
/// The owner wants no more of it, and is told nothing more.
struct Closed {};
struct Detached {};
struct Left {
  FirstPackets first_packets;
};
struct Destroyed {};
/// Once a second. `heard_ns`: when anything of the client's was heard last.
struct Tick {
  int64_t heard_ns = 0;
  FirstPackets first_packets;
};
}  // namespace session_event

using SessionEvent =
    std::variant<session_event::Offered, session_event::Negotiated, session_event::Admitted,
                 session_event::IceConnected, session_event::PeerConnected,
                 session_event::PeerFailed, session_event::Opened, session_event::SpareGone,
                 session_event::WebrtcFailed, session_event::Violated, session_event::Closed,
                 session_event::Detached, session_event::Left, session_event::Destroyed,
                 session_event::Tick>;

enum class SessionAction {
  Negotiate = 1,
  Admit,
  TellAnswer,  ///< Or, if there is none, why.
  Open,
  Attach,
  LetSpareGo,
  AskAddress,
  TellConnected,
  Detach,
  Leave,
  Destroy,
  TellEnded,
  Forget,  ///< Nothing is left of it but its counters.
};

/// To be carried out in order. What tells the owner is the last: the owner may close the session
/// from within, and then there is nothing left of this that could be out of date.
struct SessionActions {
  std::vector<SessionAction> steps;
  std::vector<JoinSample> samples;
  SessionEnd end{};  ///< For TellEnded, with `detail`.
  std::string detail;
};

}  // namespace veche::media
